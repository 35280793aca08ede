"""The queue and its workers, on a real database and with real processes."""

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM, Actor
from app.core.database import unit_of_work
from app.core.jobs import enqueue
from app.core.models import JobRun, JobState
from app.operations.services import job_queue
from app.operations.services.worker import Worker
from tests.operations import jobs_for_tests as declared


@pytest.fixture
def ask(app: Flask) -> Callable[..., int]:
    """Put a run into the queue."""

    def put(name: str, actor: Actor = SYSTEM, **payload: object) -> int:
        with app.app_context(), unit_of_work() as session:
            return enqueue(session, name, payload, actor=actor).id

    return put


def look(session: Session, run_id: int) -> JobRun:
    """The row as it is now."""
    return session.scalars(select(JobRun).where(JobRun.id == run_id)).one()


@pytest.fixture
def processes(app: Flask, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start workers in processes of their own, on the same database."""
    started: list[subprocess.Popen[str]] = []
    fresh = request.getfixturevalue("_application")[1]

    def start(what: str, **more: str) -> subprocess.Popen[str]:
        fresh.everything_may_have_changed()
        known = {
            "TEST_URL": app.config["SQLALCHEMY_DATABASE_URI"],
            "TEST_DATA_DIR": str(app.config["DATA_DIR"]),
            "RACE_FILE": str(tmp_path / "race"),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.operations.jobs_for_tests", what],
            env={**os.environ, **known, **more},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_two_processes_never_run_a_slot_twice(processes: Callable[..., subprocess.Popen[str]], tmp_path: Path, session: Session) -> None:
    both = [processes("race"), processes("race")]
    for process in both:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in both:
        process.communicate(timeout=60)
        assert process.returncode == 0
    runs = Counter((tmp_path / "race").read_text().split())
    assert runs == {slot.isoformat(): 1 for slot in declared.SLOTS}
    found = session.scalars(select(JobRun).where(JobRun.job == "test_race")).all()
    assert [r.state for r in found] == [JobState.DONE] * 20
    assert {r.attempts for r in found} == {1}


@pytest.mark.parametrize(("job", "ends_as", "attempts"), [("test_hang", JobState.DONE, 2), ("test_fragile", JobState.LOST, 1)])
def test_killed_worker(
    job: str,
    ends_as: JobState,
    attempts: int,
    app: Flask,
    ask: Callable[..., int],
    processes: Callable[..., subprocess.Popen[str]],
    session: Session,
) -> None:
    """kill -9 in the middle: what may begin again does so once, anything else is called lost."""
    run_id = ask(job)
    process = processes("hang", HANGS="1")
    process.stdin.write("go\n")
    process.stdin.flush()
    assert process.stdout.readline() == "working\n"
    second = Worker(app)
    with app.app_context():
        assert second.sweep() == 0, "its worker lives: hands off"
    process.kill()
    process.wait()
    with app.app_context():
        assert second.sweep() == 1
        assert second.sweep() == 0
    second.work_off()
    run = look(session, run_id)
    assert (run.state, run.attempts) == (ends_as, attempts)
    assert run.result == ({"attempt": 2} if ends_as is JobState.DONE else None)


def test_given_up_after_three_attempts(app: Flask, ask: Callable[..., int], session: Session) -> None:
    run_id = ask("test_hang")
    with app.app_context():
        for _attempt in range(3):
            assert job_queue.claim("another-machine:1:x") is not None
            run = look(session, run_id)
            job_queue.sweep([], run.heartbeat_at + job_queue.SILENCE)
            assert look(session, run_id).state is JobState.RUNNING, "not silent for long enough"
            job_queue.sweep([], run.heartbeat_at + 2 * job_queue.SILENCE)
    assert look(session, run_id).state is JobState.LOST


def test_a_worker_that_lost_its_run_writes_nothing(app: Flask, ask: Callable[..., int], session: Session) -> None:
    run_id = ask("test_hang")
    with app.app_context():
        stale = job_queue.claim("another-machine:1:x")
        job_queue.sweep(["another-machine:1:x"], stale.started_at)
        current = job_queue.claim("this-machine:2:y")
        assert job_queue.beat(stale, "another-machine:1:x") == (False, False)
        assert not job_queue.finish(stale, "another-machine:1:x", JobState.DONE, result={"who": "stale"})
        assert job_queue.finish(current, "this-machine:2:y", JobState.DONE, result={"who": "current"})
    assert look(session, run_id).result == {"who": "current"}


@contextmanager
def working(app: Flask) -> Iterator[Worker]:
    worker = Worker(app)
    thread = threading.Thread(target=worker.run_forever)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(timeout=30)
        assert not thread.is_alive()


def eventually(session: Session, run_id: int, holds: Callable[[JobRun], bool]) -> JobRun:
    """The run as soon as something holds of it."""
    pause = threading.Event()
    for _try in range(300):
        run = look(session, run_id)
        if holds(run):
            return run
        pause.wait(0.05)
    raise AssertionError(f"{run.state} {run.progress} {run.message}")


def test_cancel_while_running(app: Flask, ask: Callable[..., int], session: Session) -> None:
    run_id = ask("test_endless")
    with working(app):
        eventually(session, run_id, lambda run: run.state is JobState.RUNNING and run.progress > 0)
        with app.app_context():
            job_queue.request_cancel(run_id)
        eventually(session, run_id, lambda run: run.state is JobState.CANCELLED)


def test_stopping_hands_back_what_can_begin_again(app: Flask, ask: Callable[..., int], session: Session) -> None:
    run_id = ask("test_endless")
    with working(app):
        eventually(session, run_id, lambda run: run.state is JobState.RUNNING)
    run = look(session, run_id)
    assert (run.state, run.attempts, run.worker) == (JobState.QUEUED, 0, None)


def test_cancel_while_waiting(app: Flask, ask: Callable[..., int], session: Session) -> None:
    run_id = ask("test_hang")
    with app.app_context():
        job_queue.request_cancel(run_id)
    assert Worker(app).work_off() == 0
    assert look(session, run_id).state is JobState.CANCELLED


def test_a_failure_is_recorded_with_its_place(app: Flask, ask: Callable[..., int], session: Session) -> None:
    run_id = ask("test_broken")
    Worker(app).work_off()
    run = look(session, run_id)
    assert run.state is JobState.FAILED
    assert "ZeroDivisionError" in run.message
    assert "jobs_for_tests" in run.trace


def test_runs_in_the_name_of_whoever_asked(
    app: Flask, ask: Callable[..., int], actor_of: Callable[[str], Actor], session: Session, world: object
) -> None:
    asked, planned, left = ask("test_whoami", actor_of("sales_a1")), ask("test_whoami"), ask("test_whoami", actor_of("disabled"))
    Worker(app).work_off()
    assert look(session, asked).result == {"id": world.users["sales_a1"], "source": "import", "system": False}
    assert look(session, planned).result == {"id": None, "source": "import", "system": True}
    assert look(session, left).state is JobState.FAILED


def test_not_queued_when_the_change_fails(app: Flask, session: Session) -> None:
    def change_that_fails() -> None:
        with unit_of_work() as current:
            enqueue(current, "test_hang", actor=SYSTEM)
            raise RuntimeError

    with app.app_context(), pytest.raises(RuntimeError):
        change_that_fails()
    assert session.scalar(select(JobRun.id).where(JobRun.job == "test_hang")) is None
