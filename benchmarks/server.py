"""A real server in a process of its own, and a browser that keeps its cookies."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
FIRST_ANSWER = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One page as it came back."""

    status: int
    seconds: float
    processor: float  # seconds of the server's thread: what other work on the machine does not change
    statements: int
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


class Server:
    """Gunicorn as `run.py` starts it, with one worker."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.database = folder, database
        self.start_seconds = self.start_processor = 0.0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def __enter__(self) -> "Server":
        environment = os.environ | {
            "DATABASE_URL": self.database, "KEHU_DATA_DIR": str(self.folder), "BENCHMARK_FOLDER": str(self.folder),
            "LOGIN_RATE_LIMIT": "1000 per minute", "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        command = f"gunicorn benchmarks.wsgi:app --worker-class gthread --workers 1 --threads 8 --bind 127.0.0.1:{self.port} --timeout 600 --keep-alive 30 --log-level warning"
        began = time.perf_counter()
        self.log = (self.folder / "server.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command.split()], cwd=ROOT, env=environment, stdout=self.log, stderr=self.log
        )
        while time.perf_counter() - began < FIRST_ANSWER and self.process.poll() is None:
            with suppress(OSError):
                self.browser().get("/bare/writes")
                self.start_seconds = time.perf_counter() - began
                self.start_processor = self.processor_seconds()
                return self
            time.sleep(0.02)
        self.__exit__(None, None, None)
        raise RuntimeError((self.folder / "server.log").read_text())

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def browser(self) -> "Browser":
        return Browser(self.port)

    def _worker(self, file: str) -> str:
        """What the system knows about the worker."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return Path(f"/proc/{children[0]}/{file}").read_text() if children else ""

    def memory_mb(self) -> float:
        """Resident memory of the worker."""
        found = re.search(r"VmRSS:\s+(\d+)", self._worker("status"))
        return int(found.group(1)) / 1024 if found else 0.0

    def processor_seconds(self) -> float:
        """What the worker has computed since it began."""
        user, system = self._worker("stat").rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


class Browser:
    """One person's connection, kept open."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Accept-Language": "en"}
        body = urlencode(form) if form is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - began
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _equals, rest = line.partition("=")
            self.cookies[name] = rest.split(";", 1)[0]
        figures = re.search(r'sql;desc="(\d+)", cpu;dur=([\d.]+)', response.headers.get("Server-Timing", ""))
        statements, processor = (int(figures.group(1)), float(figures.group(2)) / 1000) if figures else (0, seconds)
        return Answer(response.status, seconds, processor, statements, content)

    def sign_in(self, username: str, password: str) -> None:
        """Through the product's own page."""
        form = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get("/login/").text)
        token = unescape(form.group(1)) if form else ""
        answer = self.ask("POST", "/login/", {"username": username, "password": password, "csrf_token": token})
        if answer.status != 302 or self.get("/bench/empty").status != 200:
            raise RuntimeError(f"{username} could not sign in: {answer.status}")
