"""Jobs: declaring them, putting them into the queue, and what a running one may say. Operations runs them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.core.actor import Actor, Source
from app.core.i18n import Text
from app.core.models.job_run import JobRun

Result = dict[str, Any] | None


class Cancelled(Exception):
    """Raised inside a job that somebody has cancelled, that has run out of time, or that no longer owns its run."""


class Interrupted(Exception):
    """Raised inside a resumable job when its process is asked to stop: the run goes back into the queue."""


@dataclass
class Run:
    """A run in progress, as the job's own code sees it."""

    id: int
    job: str
    slot: datetime | None
    payload: dict[str, Any]
    actor_id: int | None
    attempt: int
    started_at: datetime
    progress: int = 0
    total: int | None = None
    message: str = ""
    stop: type[Exception] | None = None  # set by the worker: what the next report of progress raises


@dataclass(frozen=True)
class Job:
    """A kind of work: its function, when it runs by itself, and what may be done when it is interrupted."""

    name: str
    label: Text
    work: Callable[[Run], Result]
    cron: str | None = None
    catch_up: timedelta = timedelta(0)  # a slot missed while the machine was off still runs within this time
    resumable: bool = False  # safe to begin again after its process died
    timeout: timedelta | None = None
    source: Source = Source.JOB


_jobs: dict[str, Job] = {}


def job(
    name: str,
    *,
    label: Text,
    cron: str | None = None,
    catch_up: timedelta = timedelta(0),
    resumable: bool = False,
    timeout: timedelta | None = None,
    source: Source = Source.JOB,
) -> Callable[[Callable[[Run], Result]], Callable[[Run], Result]]:
    """Declare a function as a job. It runs with an application context, in the name of whoever asked for it."""

    def declare(work: Callable[[Run], Result]) -> Callable[[Run], Result]:
        _jobs[name] = Job(name, label, work, cron, catch_up, resumable, timeout, source)
        return work

    return declare


def jobs() -> Iterable[Job]:
    """All declared jobs, in the order of their declaration."""
    return _jobs.values()


def find_job(name: str) -> Job | None:
    return _jobs.get(name)


def enqueue(session: Session, name: str, payload: dict[str, Any] | None = None, *, actor: Actor) -> JobRun:
    """Ask for a run, in the same transaction as the change that wants it: neither happens without the other."""
    run = JobRun(job=_jobs[name].name, payload=payload or {}, actor_id=actor.id)
    session.add(run)
    session.flush()
    return run


def report_progress(run: Run, done: int, total: int | None = None, message: str = "") -> None:
    """Say how far the work is; costs nothing, so say it often. Raises when the run has to stop here.

    The figures are written by the worker's heartbeat on its own connection: the job's transaction may hold
    the only write lock there is, and progress must be seen before that transaction ends.
    """
    if run.stop is not None:
        raise run.stop()
    run.progress, run.total, run.message = done, total if total is not None else run.total, message or run.message
