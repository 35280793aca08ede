"""What the scheduler does with a time that has come, and with one that was missed."""

from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.job import Job as ScheduledJob
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.models import JobRun
from app.extensions import db
from app.operations.services import schedule

NINE = datetime(2026, 5, 10, 1, tzinfo=UTC)  # 09:00 in Shanghai
LAST_NIGHT = datetime(2026, 5, 9, 18, 30, tzinfo=UTC)


def backups(session: Session) -> list[datetime]:
    return list(session.scalars(select(JobRun.slot).where(JobRun.job == "backup").order_by(JobRun.slot)))


@pytest.fixture
def in_use(app: Flask) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE ab_user SET created_on = '2026-05-01 12:00:00'"))


def test_a_missed_night_is_made_up_for_once(app: Flask, in_use: None, session: Session) -> None:
    with app.app_context():
        assert schedule.catch_up(NINE) > 0
        assert schedule.catch_up(NINE) == 0
        assert schedule.catch_up(NINE + timedelta(minutes=5)) == 0
    assert backups(session) == [LAST_NIGHT]


def test_nothing_is_missed_before_there_was_a_user(app: Flask, session: Session) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE ab_user SET created_on = '2026-05-10 08:59:00'"))
    with app.app_context():
        assert schedule.catch_up(NINE) == 0
    assert backups(session) == []


def test_two_schedulers_at_the_same_moment(app: Flask, session: Session) -> None:
    """Each queues the planned time, not the moment at which it noticed."""
    for scheduler in (schedule.make_scheduler(app), schedule.make_scheduler(app)):
        planned: ScheduledJob = next(job for job in scheduler.get_jobs() if job.id == "backup")
        executor = schedule.QueueExecutor(app)
        executor.submit_job(planned, [LAST_NIGHT - timedelta(days=1), LAST_NIGHT])
    assert backups(session) == [LAST_NIGHT]


def test_next_run_is_in_the_zone_of_the_settings(app: Flask) -> None:
    with app.app_context():
        backup = next(job for job in schedule.jobs() if job.name == "backup")
        assert schedule.next_run(backup, NINE) == LAST_NIGHT + timedelta(days=1)
