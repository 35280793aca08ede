"""Counting the key figures of one day by department, a statement each, on the records' own indexes."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from app.customers.models import Customer
from app.reporting.rules.kpis import WIN_RATE_DAYS, Parts, bounds
from app.sales.models import Opportunity, StageKind
from app.support.models import Ticket
from app.support.models.ticket import OPEN, TicketStatus

ByDepartment = dict[int | None, Parts]


class DayFigures:
    """The figures at the end of a day; `is_over` days long ago are counted from what the records say about them."""

    def __init__(self, session: Session, day: date, zone: ZoneInfo) -> None:
        self.session = session
        self.day = day
        self.start, self.end = bounds(day, zone)

    def count(self, *, from_history: bool) -> dict[str, ByDepartment]:
        """{key: {department: parts}}; without those that only the day itself could tell."""
        found = self._customers() | self._closed() | self._resolved() | self._responded()
        found["open_tickets"] = self._open_tickets(from_history=from_history)
        return found if from_history else found | self._pipeline()

    def _customers(self) -> dict[str, ByDepartment]:
        new = func.sum(case((Customer.created_at >= self.start, 1), else_=0))
        rows = self._rows(Customer, [func.count(), new], Customer.created_at < self.end)
        return {
            "customers": {row[0]: Parts(Decimal(row[1])) for row in rows},
            "new_customers": {row[0]: Parts(Decimal(row[2] or 0)) for row in rows},
        }

    def _pipeline(self) -> dict[str, ByDepartment]:
        sums = [func.sum(Opportunity.base_amount), func.sum(Opportunity.weighted_amount)]
        rows = self._rows(Opportunity, sums, Opportunity.status == StageKind.OPEN)
        return {
            "open_pipeline": {row[0]: Parts(Decimal(row[1] or 0)) for row in rows},
            "weighted_pipeline": {row[0]: Parts(Decimal(row[2] or 0)) for row in rows},
        }

    def _closed(self) -> dict[str, ByDepartment]:
        """Won that day; won and lost in the days before, since one day says little."""
        won, closed = Opportunity.status == StageKind.WON, [StageKind.WON, StageKind.LOST]
        period = (Opportunity.closed_on > self.day - timedelta(days=WIN_RATE_DAYS), Opportunity.closed_on <= self.day)
        value = self._rows(Opportunity, [func.sum(Opportunity.base_amount)], won, Opportunity.closed_on == self.day)
        rate = self._rows(Opportunity, [func.sum(case((won, 1), else_=0)), func.count()], Opportunity.status.in_(closed), *period)
        return {
            "won_value": {row[0]: Parts(Decimal(row[1] or 0)) for row in value},
            "win_rate": {row[0]: Parts(Decimal(row[1]), Decimal(row[2])) for row in rate},
        }

    def _open_tickets(self, *, from_history: bool) -> ByDepartment:
        now_open: ColumnElement[bool] = Ticket.status.in_(OPEN)
        if from_history:
            # a cancelled one left at some moment that only its transitions know: it counts as never open
            ended_later = (Ticket.status != TicketStatus.CANCELLED) & (Ticket.resolved_at >= self.end)
            now_open = or_(now_open, ended_later)
        rows = self._rows(Ticket, [func.count()], Ticket.created_at < self.end, now_open)
        return {row[0]: Parts(Decimal(row[1])) for row in rows}

    def _resolved(self) -> dict[str, ByDepartment]:
        rows = self._rows(Ticket, [func.count()], *self._within(Ticket.resolved_at))
        return {"resolved_tickets": {row[0]: Parts(Decimal(row[1])) for row in rows}}

    def _responded(self) -> dict[str, ByDepartment]:
        """Databases subtract moments each in its own way: the few of one day are subtracted here."""
        statement = select(Ticket.department_id, Ticket.created_at, Ticket.first_response_at).where(*self._within(Ticket.first_response_at))
        found: ByDepartment = {}
        for department, created, responded in self.session.execute(statement):
            assert responded is not None
            found[department] = found.get(department, Parts()) + Parts(_minutes(created, responded), Decimal(1))
        return {"first_response_minutes": found}

    def _within(self, moment: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return (moment >= self.start, moment < self.end)

    def _rows(self, model: Any, columns: list[Any], *where: ColumnElement[bool]) -> list[Any]:
        statement = select(model.department_id, *columns).where(*where).group_by(model.department_id)
        return list(self.session.execute(statement).all())


def _minutes(start: datetime, end: datetime) -> Decimal:
    return (Decimal(str((end - start).total_seconds())) / 60).quantize(Decimal("0.01"))
