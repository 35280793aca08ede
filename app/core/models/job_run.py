"""Work that is done outside of a request: the queue and its history are the same rows."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.choices import Choice
from app.core.i18n import _l
from app.core.types import ChoiceType, Identifier, UTCDateTime, utc_now


class JobState(Choice):
    """Where a run is on its way."""

    QUEUED = "queued", _l("Waiting"), "secondary"
    RUNNING = "running", _l("Running"), "blue"
    DONE = "done", _l("Done"), "green"
    FAILED = "failed", _l("Failed"), "red"
    LOST = "lost", _l("Interrupted"), "orange"
    CANCELLED = "cancelled", _l("Cancelled"), "secondary"

    @property
    def is_over(self) -> bool:
        return self not in (JobState.QUEUED, JobState.RUNNING)


class JobRun(Model):
    """One run of a job; unique (job, slot) is what lets two scheduling processes never run a slot twice."""

    __tablename__ = "job_run"
    __table_args__ = (
        UniqueConstraint("job", "slot"),
        Index(None, "state", "id"),
        Index(None, "job", "id"),
        Index(None, "actor_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    job: Mapped[str] = mapped_column(String(60), nullable=False)
    # The planned time of a scheduled run; empty when somebody asked for it.
    slot: Mapped[datetime | None] = mapped_column(UTCDateTime)
    state: Mapped[JobState] = mapped_column(ChoiceType(JobState), nullable=False, default=JobState.QUEUED)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False, default=dict)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    # Who asked for it; empty = the system itself.
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    progress: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    total: Mapped[int | None] = mapped_column(Integer)
    message: Mapped[str | None] = mapped_column(String(500))
    trace: Mapped[str | None] = mapped_column(Text)  # for administrators: where in the code it failed
    cancel_requested: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    attempts: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    worker: Mapped[str | None] = mapped_column(String(120))
    heartbeat_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime, nullable=False, default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def seconds(self) -> float | None:
        """How long it ran, or has been running until its last sign of life."""
        until = self.finished_at or self.heartbeat_at
        return (until - self.started_at).total_seconds() if self.started_at and until else None


class JobWorker(Model):
    """A jobs process and its last sign of life."""

    __tablename__ = "job_worker"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime, nullable=False)
    heartbeat_at: Mapped[datetime] = mapped_column(UTCDateTime, nullable=False)
