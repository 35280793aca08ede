"""The list of backups, as the page shows it; the truth about each lies in its manifest."""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import BigInteger, Float, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.choices import Choice
from app.core.i18n import _l
from app.core.types import ChoiceType, Identifier, UTCDateTime


class BackupState(Choice):
    """How far a backup can be trusted."""

    VERIFIED = "verified", _l("Restored and compared"), "green"
    FAILED = "failed", _l("Failed"), "red"
    PRUNED = "pruned", _l("Deleted by retention"), "secondary"


class Backup(Model):
    """One attempt to save everything."""

    __tablename__ = "backup"
    __table_args__ = (Index(None, "started_at"), Index(None, "state", "started_at"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), nullable=False, unique=True)
    state: Mapped[BackupState] = mapped_column(ChoiceType(BackupState), nullable=False)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime, nullable=False)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revision: Mapped[str | None] = mapped_column(String(40))
    tables: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    rows: Mapped[int] = mapped_column(BigInteger, nullable=False, default=0)
    files: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, nullable=False, default=0)
    verify_seconds: Mapped[float | None] = mapped_column(Float)
    message: Mapped[str | None] = mapped_column(String(500))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("job_run.id"))
