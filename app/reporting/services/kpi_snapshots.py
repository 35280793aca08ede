"""Taking the key figures of a day, and those of days on which the machine was off."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.database import unit_of_work
from app.reporting.models import KpiSnapshot
from app.reporting.models.kpi_snapshot import COMPANY
from app.reporting.rules.kpis import KPIS, missing_days, with_company
from app.reporting.services.kpi_figures import DayFigures
from app.security.models import CrmUser, Department


def take_snapshots(now: datetime, tell: Callable[[int, int, str], None]) -> list[date]:
    """Figures of every finished day that has none; one transaction per day, so that a stop loses nothing."""
    zone = ZoneInfo(current_app.config["TIMEZONE"])
    yesterday = now.astimezone(zone).date() - timedelta(days=1)
    with unit_of_work() as session:
        days = missing_days(session.scalars(select(KpiSnapshot.day).distinct()), yesterday, _first_day(session, zone) or yesterday)
    for done, day in enumerate(days):
        tell(done, len(days), day.isoformat())
        with unit_of_work() as session:
            take_day(session, day, zone, late=day != yesterday)
    tell(len(days), len(days), "")
    return days


def take_day(session: Session, day: date, zone: ZoneInfo, *, late: bool) -> None:
    """One row per figure and place. Late ones are marked, and what the records no longer tell is left out."""
    departments = list(session.scalars(select(Department.id)))
    for key, by_department in DayFigures(session, day, zone).count(from_history=late).items():
        kpi = KPIS[key]
        for department, parts in with_company(by_department, departments).items():
            session.add(
                KpiSnapshot(
                    kpi=key,
                    place=department or COMPANY,
                    department_id=department,
                    day=day,
                    value=kpi.value(parts.numerator, parts.denominator),
                    numerator=parts.numerator,
                    denominator=parts.denominator,
                    late=late,
                )
            )


def _first_day(session: Session, zone: ZoneInfo) -> date | None:
    """When the first user was made: before, there was nothing to count."""
    first = session.scalar(select(func.min(CrmUser.created_on)))
    return first.astimezone(zone).date() if first else None  # FAB keeps the machine's local time
