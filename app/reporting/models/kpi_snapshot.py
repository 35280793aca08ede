"""Key figures as they stood at the end of a day, per department and for the company; append-only."""

from datetime import date, datetime
from decimal import Decimal

from flask_appbuilder import Model
from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Identifier, Money, UTCDateTime, utc_now

COMPANY = 0


class KpiSnapshot(Model):
    """One figure of one place on one day; `place` is the department's id, or 0 for the company, so that it can be unique."""

    __tablename__ = "kpi_snapshot"
    __table_args__ = (UniqueConstraint("kpi", "place", "day"), Index(None, "day"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    kpi: Mapped[str] = mapped_column(String(40), nullable=False)
    place: Mapped[int] = mapped_column(Integer, nullable=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    day: Mapped[date] = mapped_column(Date, nullable=False)
    # Nothing where there was nothing to divide by.
    value: Mapped[Decimal | None] = mapped_column(Money)
    numerator: Mapped[Decimal] = mapped_column(Money, nullable=False)
    denominator: Mapped[Decimal | None] = mapped_column(Money)
    # Counted on a later day, from what the records say about the past.
    late: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    computed_at: Mapped[datetime] = mapped_column(UTCDateTime, nullable=False, default=utc_now)
