"""A real server on a data folder of its own, and a real Chromium that writes down every complaint of a page."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
NAME, PASSWORD = "boss", "Quiet-Harbour-29"

expect.set_options(timeout=15_000)


@dataclass(frozen=True)
class Server:
    """A running product."""

    url: str
    environment: dict[str, str]


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _flask(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "run", "crm", *arguments]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def _running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Web and jobs on a fresh database in `folder`."""
    own = {"KEHU_DATA_DIR": str(folder), "LOGIN_RATE_LIMIT": "10000 per minute", "PYTHONPATH": str(ROOT), "KEHU_ENV": "local"}
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "SETUP_TOKEN", "REDIS_URL"}} | own
    subprocess.run(_flask("setup"), cwd=ROOT, env=environment, check=True, capture_output=True)
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    web = [sys.executable, "-m", "gunicorn", "--threads", "4", "-b", f"127.0.0.1:{port}", "run:app"]
    with _running(web, environment, folder / "web.log") as process, _running(_flask("jobs"), environment, folder / "jobs.log"):
        for _attempt in range(90):
            if _answers(f"{url}/health/alive"):
                break
            try:
                process.wait(1)
            except subprocess.TimeoutExpired:
                continue
            pytest.fail((folder / "web.log").read_text())
        yield Server(url, environment)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One product for all tests; the administrator is already there."""
    with serving(tmp_path_factory.mktemp("kehu-browser")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium (set CHROMIUM)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """Console errors, uncaught exceptions and violations of the content security policy; every test ends without any."""
    heard: list[str] = []
    yield heard
    assert heard == []


def listen(page: Page, heard: list[str]) -> None:
    """Write down what the page complains about; an answer 4xx to a form is not a fault of the page."""

    def console(message) -> None:  # type: ignore[no-untyped-def]
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            heard.append(f"{page.url}: {message.text}")

    page.on("console", console)
    page.on("pageerror", lambda error: heard.append(f"{page.url}: {error}"))


@pytest.fixture
def stranger(browser: Browser, server: Server, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """A new browser window in which nobody is signed in."""
    opened: list[BrowserContext] = []

    def make(base_url: str = server.url, width: int = 1440) -> Page:
        context = browser.new_context(base_url=base_url, locale="zh-CN", viewport={"width": width, "height": 900}, reduced_motion="reduce")
        opened.append(context)
        page = context.new_page()
        listen(page, complaints)
        return page

    yield make
    for context in opened:
        context.close()


def wear(page: Page, theme: str) -> None:
    """Choose the light or dark theme with the button of the frame; it is kept on the user."""
    if page.locator("html").get_attribute("data-bs-theme") != theme:
        with page.expect_response(lambda answer: "/preferences/theme" in answer.url):
            page.click("[data-theme-switch] button")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)


def fill_wizard(page: Page, again: str = PASSWORD) -> None:
    """Answer the questions of the first visit."""
    answers = {"company": "Northwind Tea", "last_name": "Lin", "first_name": "Mei", "email": "mei@example.com", "username": NAME}
    for field, value in answers.items():
        page.fill(f"#{field}", value)
    page.fill("#password", PASSWORD)
    page.fill("#again", again)


@pytest.fixture(scope="session")
def signed_in(browser: Browser, server: Server) -> dict:
    """The cookies of the administrator, made by the wizard once."""
    context = browser.new_context(base_url=server.url, locale="zh-CN")
    page = context.new_page()
    page.goto("/setup/")
    fill_wizard(page)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{server.url}/")
    state = dict(context.storage_state())
    context.close()
    return state


@pytest.fixture
def window(browser: Browser, server: Server, signed_in: dict, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """A browser window of the administrator."""
    opened: list[BrowserContext] = []

    def make(width: int = 1440) -> Page:
        context = browser.new_context(
            base_url=server.url, storage_state=signed_in, viewport={"width": width, "height": 900}, reduced_motion="reduce"
        )  # type: ignore[arg-type]
        opened.append(context)
        page = context.new_page()
        listen(page, complaints)
        return page

    yield make
    for context in opened:
        context.close()
