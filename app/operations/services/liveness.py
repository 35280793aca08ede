"""Knowing that a worker of this machine is dead, at once and for certain: the system frees a dead process's locks."""

import os
import secrets
import socket
from pathlib import Path

from filelock import FileLock, Timeout
from flask import current_app


def new_worker_name() -> str:
    """host:pid:random, so that a name is never used twice."""
    return f"{socket.gethostname()[:80]}:{os.getpid()}:{secrets.token_hex(4)}"


def hold_lock(worker: str) -> FileLock:
    """Lock this worker's file until the process ends, however it ends."""
    lock = FileLock(_path(worker))
    lock.acquire(timeout=0)
    return lock


def is_surely_dead(worker: str) -> bool:
    """A worker of this machine whose lock is free. Without a file nothing is certain."""
    host = worker.split(":")[0]
    path = _path(worker)
    if host != socket.gethostname()[:80] or not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    lock.release()
    return True


def forget_old_locks(still_wanted: set[str]) -> None:
    """Remove the files of dead workers that no run names any more."""
    for path in _folder().glob("*.lock"):
        worker = path.stem.replace("~", ":")
        if worker not in still_wanted and is_surely_dead(worker):
            path.unlink(missing_ok=True)


def _folder() -> Path:
    folder = Path(current_app.config["DATA_DIR"]) / "workers"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _path(worker: str) -> Path:
    return _folder() / f"{worker.replace(':', '~')}.lock"
