"""The audit: who changed what, when, through which door."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Identifier, UTCDateTime, utc_now


class AuditEntry(Model):
    """One change of one record: {"field": [before, after]}; append-only."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "entity", "record_id", "id"), Index(None, "actor_id", "id"), Index(None, "at"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, nullable=False, default=utc_now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), nullable=True)
    actor_name: Mapped[str] = mapped_column(String(130), nullable=False, default="")
    source: Mapped[str] = mapped_column(String(12), nullable=False)
    entity: Mapped[str] = mapped_column(String(40), nullable=False)
    record_id: Mapped[int | None] = mapped_column(Identifier, nullable=True)
    action: Mapped[str] = mapped_column(String(40), nullable=False)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False, default=dict)
