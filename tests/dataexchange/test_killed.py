"""kill -9 of the real jobs process in the middle of an import: another one goes on, nothing is lost or doubled."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import acting_as
from app.core.database import unit_of_work
from app.core.models import AuditEntry, JobRun
from app.customers.models import Customer
from app.dataexchange.models import ImportJob, ImportProblem
from app.dataexchange.services import imports

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PAUSE = threading.Event()  # never set: only to let the other process work


@pytest.fixture
def jobs_process(app: Flask, request: pytest.FixtureRequest) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start `flask crm jobs` on the same database and files."""
    started: list[subprocess.Popen[bytes]] = []
    fresh = request.getfixturevalue("_application")[1]

    def start() -> subprocess.Popen[bytes]:
        fresh.everything_may_have_changed()
        folders = {
            "KEHU_DATA_DIR": str(app.config["DATA_DIR"]),
            "UPLOAD_DIR": str(app.config["UPLOAD_DIR"]),
            "BACKUP_DIR": str(app.config["BACKUP_DIR"]),
        }
        environment = {**os.environ, **folders, "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]}
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "run", "crm", "jobs"], env=environment, stderr=subprocess.DEVNULL
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def until(session: Session, job_id: int, holds: Callable[[ImportJob], bool]) -> ImportJob:
    """The import as soon as something holds of it."""
    for _try in range(2400):
        job = session.scalars(select(ImportJob).where(ImportJob.id == job_id)).one()
        if holds(job):
            return job
        PAUSE.wait(0.05)
    raise AssertionError(f"{job.state} at row {job.last_row}: {job.message}")


@pytest.mark.parametrize("whole", [False, True], ids=["good rows", "all or nothing"])
def test_killed_in_the_middle(app, take_in, actor_of, session, jobs_process, whole) -> None:
    rows = 20_000 if whole else 4_000  # nobody can see when half of a whole is done: it must last longer than the pause below
    lines = [f"Kill {n},K{n},{'nonsense' if n % 400 == 399 and not whole else f'k{n}@example.com'}" for n in range(rows)]
    job_id = take_in("name,external number,e-mail\n" + "\n".join(lines))
    actor = actor_of("manager_a")
    with app.app_context(), acting_as(actor):
        with unit_of_work():
            imports.configure(job_id, mapping=imports.get_job(job_id, actor=actor).mapping, options={"whole": whole}, actor=actor)
        imports.check(job_id, actor=actor)
        with unit_of_work():
            imports.start(job_id, "run", actor=actor)
    first = jobs_process()
    if whole:  # what it has written can be seen by nobody before the end
        until(session, job_id, lambda job: session.scalar(select(JobRun.started_at).where(JobRun.id == job.run_id)) is not None)
        PAUSE.wait(1)
    else:
        until(session, job_id, lambda job: job.last_row > 0)
    first.send_signal(signal.SIGKILL)
    first.wait()
    half = session.scalars(select(ImportJob).where(ImportJob.id == job_id)).one()
    written = session.scalar(select(func.count(Customer.id)).where(Customer.name.startswith("Kill ")))
    assert written == half.created_count < rows
    if whole:
        assert written == 0

    jobs_process()
    job = until(session, job_id, lambda job: job.state in {"done", "failed", "cancelled"})
    bad = 0 if whole else rows // 400
    assert (job.state, job.created_count, job.failed_count) == ("done", rows - bad, bad)
    found = session.scalars(select(Customer.external_id).where(Customer.name.startswith("Kill "))).all()
    assert len(found) == len(set(found)) == rows - bad
    assert (
        session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.entity == "customer", AuditEntry.source == "import"))
        == rows - bad
    )
    assert session.scalar(select(func.count(ImportProblem.id)).where(ImportProblem.import_job_id == job_id)) == bad
