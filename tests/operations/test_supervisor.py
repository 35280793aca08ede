"""`python run.py` as people start it: both processes, restarts, an orderly end."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import config

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals")]


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {"KEHU_DATA_DIR": str(tmp_path), "PORT": str(port), "HOST": "127.0.0.1", "KEHU_ENV": "local", "DATABASE_URL": ""}
    return os.environ | own


def launch(settings: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "run.py"], cwd=config.ROOT, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """The output up to a line with these words; the suite's own time limit ends a wait in vain."""
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(said)


@pytest.fixture
def running(settings: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = launch(settings)
    read_until(process, "is running at")
    yield process
    process.kill()
    process.communicate()


def children(process: subprocess.Popen[str]) -> dict[str, int]:
    listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(process.pid)], capture_output=True, text=True, check=True).stdout
    lines = [line.split(None, 1) for line in listed.splitlines()]
    return {("web" if "run:app" in args else "jobs"): int(pid) for pid, args in lines}


@pytest.mark.timeout(180)
def test_start_restart_stop(running: subprocess.Popen[str], settings: dict[str, str]) -> None:
    address = f"http://127.0.0.1:{settings['PORT']}/health/alive"
    assert urllib.request.urlopen(address, timeout=10).status == 200
    second = launch(settings)
    said, _nothing = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "Cannot listen" in said

    before = children(running)
    os.kill(before["jobs"], signal.SIGKILL)
    read_until(running, "jobs process ended")
    read_until(running, "is ready")
    after = children(running)
    assert after["web"] == before["web"]
    assert after["jobs"] != before["jobs"]

    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    assert running.returncode == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in after.values())

    began = time.monotonic()
    again = launch(settings)
    said = read_until(again, "is running at")
    assert "database is ready" not in said, "nothing to prepare the second time"
    assert time.monotonic() - began < 60
    again.send_signal(signal.SIGINT)
    again.communicate(timeout=60)
    assert again.returncode == 0


@pytest.mark.timeout(120)
def test_a_failed_start_says_so(settings: dict[str, str]) -> None:
    process = launch(settings | {"WEB_WORKERS": "many"})
    said, _nothing = process.communicate(timeout=110)
    assert process.returncode == 1
    assert "web process ended at once" in said
