"""Figures of customer service for reports and snapshots; each counts what its reader may see."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import fmean, median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.support.models import Ticket, TicketStatus
from app.support.models.ticket import OPEN


@dataclass(frozen=True, slots=True)
class Met:
    """Goals reached in time and missed."""

    met: int
    breached: int

    @property
    def percent(self) -> float | None:
        """Met of all; None when there was nothing to meet."""
        total = self.met + self.breached
        return 100 * self.met / total if total else None


@dataclass(frozen=True, slots=True)
class Minutes:
    """How long something took."""

    count: int
    median: float | None
    mean: float | None


def open_tickets(session: Session, department_ids: Sequence[int] | None = None) -> int:
    """Tickets somebody still has to do something about."""
    return session.scalar(select(func.count()).select_from(Ticket).where(Ticket.status.in_(OPEN), *_of(department_ids))) or 0


def open_by_department(session: Session) -> dict[int | None, int]:
    """{department: open tickets}."""
    rows = session.execute(select(Ticket.department_id, func.count()).where(Ticket.status.in_(OPEN)).group_by(Ticket.department_id))
    return dict(rows.tuples().all())


def created_per_day(
    session: Session, since: datetime, until: datetime, zone: str, department_ids: Sequence[int] | None = None
) -> dict[date, int]:
    """{day: new tickets}, days of the given zone, from `since` up to but without `until`."""
    return _per_day(_moments(session, Ticket.created_at, since, until, department_ids), zone)


def resolved_per_day(
    session: Session, since: datetime, until: datetime, zone: str, department_ids: Sequence[int] | None = None
) -> dict[date, int]:
    """{day: resolved tickets}; a reopened one counts when it is resolved again."""
    return _per_day(_moments(session, Ticket.resolved_at, since, until, department_ids), zone)


def first_response(session: Session, since: datetime, until: datetime, department_ids: Sequence[int] | None = None) -> Minutes:
    """From the creation to the first public answer, of tickets answered in the period."""
    answered = _between(Ticket.first_response_at, since, until)
    rows = session.execute(select(Ticket.created_at, Ticket.first_response_at).where(*answered, *_of(department_ids)))
    minutes = [(at - created).total_seconds() / 60 for created, at in rows if at is not None]
    return Minutes(len(minutes), median(minutes), fmean(minutes)) if minutes else Minutes(0, None, None)


def first_response_met(session: Session, since: datetime, until: datetime, now: datetime) -> dict[int | None, Met]:
    """{department: first answers in time and late} of tickets created in the period; overdue ones count as late."""
    overdue = and_(Ticket.first_response_at.is_(None), Ticket.first_response_due_at < now)
    late = or_(Ticket.first_response_breached.is_(True), overdue)
    return _met(session, since, until, late, Ticket.first_response_at.is_not(None))


def resolution_met(session: Session, since: datetime, until: datetime, now: datetime) -> dict[int | None, Met]:
    """{department: solved in time and late} of tickets created in the period; overdue ones count as late."""
    # A clock that does not run has no due moment: "unknown" must not hide what was solved in time.
    overdue = and_(Ticket.resolution_due_at.is_not(None), Ticket.resolution_due_at < now)
    late = or_(Ticket.resolution_breached.is_(True), overdue)
    return _met(session, since, until, late, Ticket.resolved_at.is_not(None))


def _met(
    session: Session, since: datetime, until: datetime, late: ColumnElement[bool], reached: ColumnElement[bool]
) -> dict[int | None, Met]:
    """Cancelled tickets promise nothing any more; those still in time count on neither side."""
    missed = func.sum(case((late, 1), else_=0))
    in_time = func.sum(case((and_(reached, ~late), 1), else_=0))
    statement = select(Ticket.department_id, in_time, missed).where(
        *_between(Ticket.created_at, since, until), Ticket.status != TicketStatus.CANCELLED
    )
    rows = session.execute(statement.group_by(Ticket.department_id))
    return {department: Met(int(met or 0), int(breached or 0)) for department, met, breached in rows}


def total(parts: Iterable[Met]) -> Met:
    """Several departments together."""
    found = list(parts)
    return Met(sum(p.met for p in found), sum(p.breached for p in found))


def _between(column: Any, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return column >= since, column < until


def _moments(session: Session, column: Any, since: datetime, until: datetime, department_ids: Sequence[int] | None) -> Iterable[datetime]:
    return session.scalars(select(column).where(*_between(column, since, until), *_of(department_ids)))


def _of(department_ids: Sequence[int] | None) -> list[ColumnElement[bool]]:
    return [] if department_ids is None else [Ticket.department_id.in_(department_ids)]


def _per_day(moments: Iterable[datetime], zone: str) -> dict[date, int]:
    local = ZoneInfo(zone)
    return dict(Counter(moment.astimezone(local).date() for moment in moments))
