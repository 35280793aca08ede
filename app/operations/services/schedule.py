"""When jobs run by themselves. APScheduler only says that a time has come; the queue decides who gets it."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.executors.base import BaseExecutor
from apscheduler.job import Job as ScheduledJob
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from flask import Flask, current_app
from sqlalchemy import func, select

from app.core.database import system_session
from app.core.jobs import Job, jobs
from app.core.types import utc_now
from app.operations.rules.slots import missed_slot
from app.operations.services import job_queue
from app.security.models import CrmUser

log = logging.getLogger(__name__)


class QueueExecutor(BaseExecutor):
    """Instead of running a job, puts its planned times into the queue: the slot is the time that was planned, not now."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.app = app

    def submit_job(self, job: ScheduledJob, run_times: list[datetime]) -> None:
        try:
            with self.app.app_context():
                job_queue.add_slot(job.id, run_times[-1].astimezone(UTC))
        except Exception:
            log.exception("The slot of %s could not be queued; catching up will find it", job.id)

    def _do_submit_job(self, job: ScheduledJob, run_times: list[datetime]) -> None:
        """Not reached: nothing is run by this executor."""


def trigger_of(job: Job) -> CronTrigger:
    """The job's planned times in the zone of the settings."""
    return CronTrigger.from_crontab(str(job.cron), timezone=current_app.config["TIMEZONE"])


def next_run(job: Job, now: datetime) -> datetime | None:
    """When it will run by itself next."""
    found: datetime | None = trigger_of(job).get_next_fire_time(None, now) if job.cron else None
    return found.astimezone(UTC) if found else None


def make_scheduler(app: Flask) -> BackgroundScheduler:
    """A scheduler that knows every job with a schedule, and catches up every few minutes."""
    scheduler = BackgroundScheduler(
        executors={"default": QueueExecutor(app), "direct": {"type": "threadpool", "max_workers": 1}},
        timezone=app.config["TIMEZONE"],
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    with app.app_context():
        for job in jobs():
            if job.cron:
                scheduler.add_job(lambda: None, trigger_of(job), id=job.name, executor="default")
    options: dict[str, Any] = {"trigger": "interval", "minutes": 5, "executor": "direct", "id": "catch-up", "next_run_time": utc_now()}
    scheduler.add_job(_catch_up_in, args=[app], **options)
    return scheduler


def catch_up(now: datetime) -> int:
    """Queue the latest slot that passed while no jobs process was there; returns how many were queued."""
    since = _in_use_since()
    if since is None:
        return 0
    count = 0
    for job in jobs():
        if job.cron and job.catch_up:
            slot = missed_slot(trigger_of(job), now, job.catch_up, since)
            if slot is not None and job_queue.add_slot(job.name, slot.astimezone(UTC)):
                count += 1
    return count


def _catch_up_in(app: Flask) -> None:
    with app.app_context():
        catch_up(utc_now() - timedelta(seconds=30))  # a slot of this very moment is the scheduler's


def _in_use_since() -> datetime | None:
    """When the first user was made: a system nobody uses yet has missed nothing."""
    with system_session() as session:
        first = session.scalar(select(func.min(CrmUser.created_on)))
    return first.astimezone(UTC) if first else None  # FAB keeps the machine's local time
