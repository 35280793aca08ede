"""The list of jobs processes: who is alive, for the health checks and the page."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from app.core.models import JobWorker
from app.extensions import db

FORGET_AFTER = timedelta(days=1)
AUTOCOMMIT = {"isolation_level": "AUTOCOMMIT"}


def sign_of_life(name: str, started_at: datetime, now: datetime) -> None:
    """Written every few seconds by each jobs process."""
    with db.engine.connect().execution_options(**AUTOCOMMIT) as connection:
        if not connection.execute(update(JobWorker).where(JobWorker.name == name).values(heartbeat_at=now)).rowcount:
            connection.execute(insert(JobWorker).values(name=name, started_at=started_at, heartbeat_at=now))


def sign_off(name: str) -> None:
    """A process that ends as it should."""
    with db.engine.connect().execution_options(**AUTOCOMMIT) as connection:
        connection.execute(delete(JobWorker).where(JobWorker.name == name))


def forget_silent(now: datetime) -> None:
    """Drop processes that have said nothing for a day."""
    with db.engine.connect().execution_options(**AUTOCOMMIT) as connection:
        connection.execute(delete(JobWorker).where(JobWorker.heartbeat_at < now - FORGET_AFTER))


def last_sign_of_life() -> datetime | None:
    """Of whichever jobs process spoke last."""
    with db.engine.connect().execution_options(**AUTOCOMMIT) as connection:
        return connection.scalar(select(func.max(JobWorker.heartbeat_at)))
