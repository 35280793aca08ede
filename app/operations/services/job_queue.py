"""The queue's moves. Each is one conditional statement, so any number of processes may try the same one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from app.core.jobs import Run, find_job, jobs
from app.core.models import JobRun, JobState
from app.core.types import utc_now
from app.extensions import db

SILENCE = timedelta(seconds=60)  # after this long without a sign of life a worker of another machine counts as dead
MOST_ATTEMPTS = 3
LONGEST_MESSAGE = 500


@contextmanager
def _statements() -> Iterator[Connection]:
    """Every statement is its own transaction: the queue never keeps a lock while something else happens."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


def add_slot(job: str, slot: datetime) -> bool:
    """Queue the run planned for a slot; False when it is there already, whoever was first."""
    with _statements() as connection:
        if connection.scalar(select(JobRun.id).where(JobRun.job == job, JobRun.slot == slot)) is not None:
            return False
        try:
            connection.execute(insert(JobRun).values(job=job, slot=slot))
        except IntegrityError:
            return False
        return True


def claim(worker: str) -> Run | None:
    """Take the oldest waiting run that this version knows how to do."""
    known = [job.name for job in jobs()]
    waiting = select(JobRun.id).where(JobRun.state == JobState.QUEUED, JobRun.job.in_(known)).order_by(JobRun.id).limit(5)
    with _statements() as connection:
        for run_id in connection.scalars(waiting).all():
            now = utc_now()
            taking = update(JobRun).where(JobRun.id == run_id, JobRun.state == JobState.QUEUED)
            values = {"state": JobState.RUNNING, "worker": worker, "attempts": JobRun.attempts + 1, "heartbeat_at": now, "started_at": now}
            if connection.execute(taking.values(**values)).rowcount == 1:
                row = connection.execute(
                    select(JobRun.job, JobRun.slot, JobRun.payload, JobRun.actor_id, JobRun.attempts).where(JobRun.id == run_id)
                ).one()
                return Run(run_id, row.job, row.slot, row.payload, row.actor_id, row.attempts, now)
    return None


def beat(run: Run, worker: str) -> tuple[bool, bool]:
    """Write a sign of life and the progress; answers (still ours, cancel requested)."""
    with _statements() as connection:
        figures = {"progress": run.progress, "total": run.total, "message": run.message[:LONGEST_MESSAGE]}
        ours = connection.execute(_own(run, worker).values(heartbeat_at=utc_now(), **figures)).rowcount == 1
        return ours, bool(connection.scalar(select(JobRun.cancel_requested).where(JobRun.id == run.id)))


def finish(run: Run, worker: str, state: JobState, *, result: Any = None, message: str | None = None, trace: str | None = None) -> bool:
    """Record the end; False when the run had been given to somebody else meanwhile."""
    values: dict[str, Any] = {"state": state, "finished_at": utc_now(), "progress": run.progress, "total": run.total, "trace": trace}
    if result is not None:
        values["result"] = result
    values["message"] = (message if message is not None else run.message)[:LONGEST_MESSAGE]
    with _statements() as connection:
        return connection.execute(_own(run, worker).values(**values)).rowcount == 1


def give_back(run: Run, worker: str) -> None:
    """The process stops before the work is done: somebody else goes on, and the attempt does not count."""
    with _statements() as connection:
        connection.execute(_own(run, worker).values(state=JobState.QUEUED, worker=None, attempts=JobRun.attempts - 1))


def request_cancel(run_id: int) -> None:
    """A waiting run is cancelled at once, a running one at its next report of progress."""
    with _statements() as connection:
        now = utc_now()
        waiting = update(JobRun).where(JobRun.id == run_id, JobRun.state == JobState.QUEUED)
        connection.execute(waiting.values(state=JobState.CANCELLED, cancel_requested=True, finished_at=now))
        running = update(JobRun).where(JobRun.id == run_id, JobRun.state == JobState.RUNNING)
        connection.execute(running.values(cancel_requested=True))


def sweep(dead_workers: list[str], now: datetime) -> int:
    """Runs whose worker died: back into the queue when they can begin again, else lost. Returns how many."""
    silent: list[ColumnElement[bool]] = [JobRun.heartbeat_at < now - SILENCE]
    if dead_workers:
        silent.append(JobRun.worker.in_(dead_workers))
    resumable = [job.name for job in jobs() if job.resumable]
    again = and_(JobRun.job.in_(resumable), JobRun.attempts < MOST_ATTEMPTS, JobRun.cancel_requested.is_(False))
    with _statements() as connection:
        # The state and the worker that were read are part of each condition: a run that went on meanwhile is left alone.
        found = connection.execute(
            select(JobRun.id, JobRun.worker, JobRun.attempts).where(JobRun.state == JobState.RUNNING, or_(*silent))
        ).all()
        moved = 0
        for row in found:
            same = update(JobRun).where(
                JobRun.id == row.id,
                JobRun.state == JobState.RUNNING,
                JobRun.worker == row.worker,
                JobRun.attempts == row.attempts,
                or_(*silent),
            )
            requeued = connection.execute(same.where(again).values(state=JobState.QUEUED, worker=None)).rowcount
            lost = 0 if requeued else connection.execute(same.values(state=JobState.LOST, finished_at=now)).rowcount
            moved += requeued + lost
    return moved


def running_workers() -> list[str]:
    """Names of the workers that hold runs."""
    with _statements() as connection:
        statement = select(JobRun.worker).where(JobRun.state == JobState.RUNNING, JobRun.worker.is_not(None)).distinct()
        return list(connection.scalars(statement))


def is_resumable(run: Run) -> bool:
    found = find_job(run.job)
    return found is not None and found.resumable


def _own(run: Run, worker: str) -> Any:
    """The run as long as this worker's attempt holds it."""
    return update(JobRun).where(
        JobRun.id == run.id, JobRun.state == JobState.RUNNING, JobRun.worker == worker, JobRun.attempts == run.attempt
    )
