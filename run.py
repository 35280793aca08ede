"""The entry point: `python run.py` starts web and jobs; `flask --app run …` runs commands; gunicorn serves `run:app`."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent
HOST = os.environ.get("HOST", "127.0.0.1")  # 0.0.0.0 = reachable from other machines
PORT = int(os.environ.get("PORT", "8000"))
WORKERS = os.environ.get("WEB_WORKERS", "1")
THREADS = os.environ.get("WEB_THREADS", "8")
FIRST_ANSWER = 90.0  # seconds the web process may take until it answers
LAST_WORD = 30.0  # seconds the processes have to end what they are doing
SLOWEST_RESTART = 30.0
GUNICORN = f"gunicorn run:app --worker-class gthread --workers {WORKERS} --threads {THREADS} --bind {HOST}:{PORT} --timeout 120 --graceful-timeout 20 --log-level warning"
WAITRESS = f"waitress --listen={HOST}:{PORT} --threads={THREADS} run:app"  # gunicorn does not run on Windows
COMMANDS = {"web": WAITRESS if os.name == "nt" else GUNICORN, "jobs": "flask --app run crm jobs"}


def start(command: str) -> subprocess.Popen[bytes]:
    """A child in a group of its own, so that Ctrl-C reaches only us and we stop it in order."""
    options = {} if os.name == "nt" else {"start_new_session": True, "preexec_fn": _die_with_parent}
    return subprocess.Popen([sys.executable, "-m", *command.split()], cwd=ROOT, **options)  # type: ignore[call-overload, no-any-return]


def _die_with_parent() -> None:
    """Linux ends the child when we are killed; elsewhere an orphan must be stopped by hand."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def prepare() -> None:
    """Create or upgrade the database, only when it or the code is not the one prepared last time."""
    import config

    settings = config.selected()
    database = str(settings.prepare()["SQLALCHEMY_DATABASE_URI"])
    files = [p for folder in ("app", "migrations") for p in sorted((ROOT / folder).rglob("*.py"))]
    state = [(str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in files] + [database, _revision(database)]
    fingerprint, mark = hashlib.sha256(repr(state).encode()).hexdigest(), settings.DATA_DIR / "prepared"
    if mark.exists() and mark.read_text() == fingerprint:
        return
    if start("flask --app run crm setup").wait():
        sys.exit("The database could not be prepared.")
    state[-1] = _revision(database)
    mark.write_text(hashlib.sha256(repr(state).encode()).hexdigest())


def _revision(database: str) -> str | None:
    """The migration the database is at; nothing when it is not there yet."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import SQLAlchemyError

    engine = create_engine(database)
    try:
        with engine.connect() as connection:
            return connection.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()


class Supervisor:
    """Keeps web and jobs running until it is told to stop."""

    def __init__(self) -> None:
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.started: dict[str, float] = {}
        self.pauses: dict[str, float] = dict.fromkeys(COMMANDS, 1.0)
        self.stopping = False

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def run(self) -> int:
        """Start, announce, watch, stop; the exit code."""
        for end in (signal.SIGTERM, signal.SIGINT):
            signal.signal(end, self.stop)
        try:
            for name in COMMANDS:
                self.start(name)
            if not self.wait_for_answer():
                return 0 if self.stopping else 1
            shown = "127.0.0.1" if HOST in {"0.0.0.0", "::"} else HOST
            print(f"Kehu CRM is running at http://{shown}:{PORT}", flush=True)
            while not self.stopping:
                self.watch()
                time.sleep(0.2)
            return 0
        finally:
            self.end()

    def start(self, name: str) -> None:
        self.children[name], self.started[name] = start(COMMANDS[name]), time.monotonic()

    def wait_for_answer(self) -> bool:
        """Whether the web process answers for itself, with both processes still there."""
        address = f"http://{'127.0.0.1' if HOST in {'0.0.0.0', '::'} else HOST}:{PORT}/health/alive"
        until = time.monotonic() + FIRST_ANSWER
        while time.monotonic() < until and not self.stopping:
            dead = [name for name, child in self.children.items() if child.poll() is not None]
            if dead:
                print(f"The {dead[0]} process ended at once; see its message above.", file=sys.stderr)
                return False
            try:
                with urllib.request.urlopen(address, timeout=5):
                    return True
            except urllib.error.HTTPError:
                return True  # it answers, if only to say that this name is not trusted
            except OSError:
                time.sleep(0.1)
        return False

    def watch(self) -> None:
        """Start again what died, more slowly each time it dies young."""
        for name, child in self.children.items():
            age = time.monotonic() - self.started[name]
            if child.poll() is None:
                if age > 60:
                    self.pauses[name] = 1.0
            elif age > self.pauses[name]:
                print(f"The {name} process ended ({child.returncode}); starting it again.", file=sys.stderr, flush=True)
                self.pauses[name] = min(2 * self.pauses[name], SLOWEST_RESTART)
                self.start(name)

    def end(self) -> None:
        """Ask politely, wait, insist."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + LAST_WORD
        for child in self.children.values():
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def main() -> int:
    with socket.socket(socket.AF_INET6 if ":" in HOST else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError as error:
            print(f"Cannot listen on {HOST}:{PORT}: {error.strerror}. Set PORT to another number.", file=sys.stderr)
            return 1
    prepare()
    return Supervisor().run()


if __name__ == "__main__":
    sys.exit(main())

from app import create_app

app = create_app()
