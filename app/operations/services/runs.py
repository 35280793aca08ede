"""Runs as people see and steer them: administrators all of them, everybody else their own."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.core.actor import Actor, Right
from app.core.database import after_commit
from app.core.errors import NotAllowed, NotFound, RuleViolation
from app.core.i18n import _l
from app.core.jobs import Job, enqueue, find_job, jobs
from app.core.models import JobRun, JobState
from app.core.services.audit import record_change
from app.operations.services import job_queue
from app.operations.services.schedule import next_run

LATEST = 5
ON_DEMAND_ROWS = 20


@dataclass(frozen=True)
class JobOverview:
    """A scheduled job with its next and its latest runs."""

    job: Job
    next_run: datetime | None
    runs: list[JobRun]


def overview(session: Session, now: datetime) -> list[JobOverview]:
    """Every job that has a schedule, in one statement."""
    rank = func.row_number().over(partition_by=JobRun.job, order_by=JobRun.id.desc())
    ranked = select(JobRun, rank.label("rank")).where(JobRun.job.in_([j.name for j in jobs() if j.cron])).subquery()
    row = aliased(JobRun, ranked)
    latest: dict[str, list[JobRun]] = defaultdict(list)
    for run in session.scalars(select(row).where(ranked.c.rank <= LATEST).order_by(ranked.c.id.desc())):
        latest[run.job].append(run)
    return [JobOverview(job, next_run(job, now), latest[job.name]) for job in jobs() if job.cron]


def asked_for(session: Session, actor: Actor) -> list[JobRun]:
    """The latest runs that somebody asked for: an administrator sees everybody's."""
    statement = select(JobRun).where(JobRun.actor_id.is_not(None)).order_by(JobRun.id.desc()).limit(ON_DEMAND_ROWS)
    if not actor.may(Right.VIEW, "job"):
        statement = statement.where(JobRun.actor_id == actor.id)
    return list(session.scalars(statement))


def get_run(session: Session, run_id: int, *, actor: Actor) -> JobRun:
    """The run, for whoever asked for it and for administrators."""
    run = session.get(JobRun, run_id)
    if run is None or not (actor.may(Right.VIEW, "job") or (actor.id is not None and run.actor_id == actor.id)):
        raise NotFound()
    return run


def start_now(session: Session, name: str, *, actor: Actor) -> JobRun:
    """Queue a scheduled job out of turn, unless it is under way already."""
    job = find_job(name)
    if not actor.may(Right.EDIT, "job"):
        raise NotAllowed()
    if job is None or job.cron is None:
        raise NotFound()
    unfinished = select(JobRun.id).where(JobRun.job == name, JobRun.state.in_([JobState.QUEUED, JobState.RUNNING]))
    if session.scalar(unfinished) is not None:
        raise RuleViolation(_l("This job is waiting or running already."))
    run = enqueue(session, name, actor=actor)
    record_change(session, actor, "job", run.id, "start", {"job": (None, name)})
    return run


def cancel(session: Session, run_id: int, *, actor: Actor) -> JobRun:
    """Ask a run to stop; what is finished stays finished."""
    run = get_run(session, run_id, actor=actor)
    if not (actor.may(Right.EDIT, "job") or run.actor_id == actor.id):
        raise NotAllowed()
    record_change(session, actor, "job", run.id, "cancel", {"job": (run.job, None)})
    # the queue's moves are transactions of their own and must not wait for ours
    after_commit(lambda: job_queue.request_cancel(run_id))
    return run
