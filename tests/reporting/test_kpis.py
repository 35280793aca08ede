"""Key figures: the formulas, the day's bounds, and what is back-filled."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from app.core.actor import SYSTEM, acting_as
from app.core.database import unit_of_work
from app.customers.models import Customer
from app.extensions import db
from app.reporting.models import KpiSnapshot
from app.reporting.models.kpi_snapshot import COMPANY
from app.reporting.rules.kpis import KPIS, Parts, bounds, missing_days, with_company
from app.reporting.services.kpi_snapshots import take_snapshots
from app.sales.models import Opportunity, Stage, StageKind
from app.security.models import CrmUser

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_quotients_are_made_of_sums_not_of_quotients() -> None:
    found = with_company(
        {1: Parts(Decimal(1), Decimal(1)), 2: Parts(Decimal(1), Decimal(9)), None: Parts(Decimal(0), Decimal(10))}, [1, 2, 3]
    )
    assert KPIS["win_rate"].value(found[None].numerator, found[None].denominator) == Decimal(10)
    assert found[3] == Parts()
    assert KPIS["win_rate"].value(Decimal(0), None) is None


def test_a_business_day_is_that_of_the_zone() -> None:
    assert bounds(date(2026, 3, 1), SHANGHAI) == (datetime(2026, 2, 28, 16, tzinfo=UTC), datetime(2026, 3, 1, 16, tzinfo=UTC))
    start, end = bounds(date(2026, 3, 29), ZoneInfo("Europe/Berlin"))
    assert end - start == timedelta(hours=23), "the day on which clocks go forward"


@pytest.mark.parametrize(
    ("known", "since", "expected"),
    [
        ([], date(2026, 5, 8), [8, 9, 10]),
        ([date(2026, 5, 9)], date(2026, 5, 8), [8, 10]),
        ([date(2026, 5, 10)], date(2026, 5, 10), []),
        ([], date(2026, 5, 11), []),
    ],
)
def test_missing_days(known: list[date], since: date, expected: list[int]) -> None:
    assert [day.day for day in missing_days(known, date(2026, 5, 10), since)] == expected


def test_not_back_to_the_beginning_of_time() -> None:
    assert len(missing_days([], date(2026, 5, 10), date(2001, 1, 1))) == 63


@pytest.fixture
def figures(app: Flask) -> Callable[[datetime], dict]:
    """Take snapshots as at a moment; {(kpi, place, day): row}."""

    def take(now: datetime) -> dict:
        with app.app_context(), acting_as(SYSTEM):
            take_snapshots(now, lambda done, total, what: None)
            rows = db.session.scalars(select(KpiSnapshot)).all()
            return {(row.kpi, row.place, row.day): (row.value, row.late) for row in rows}

    return take


def test_the_machine_was_off_for_three_days(app: Flask, figures: Callable[[datetime], dict], world: object) -> None:
    """Days are filled in, marked late, without what only the day itself could tell; a second run adds nothing."""
    a1 = world.departments["a1"]
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        session.execute(update(CrmUser).values(created_on=datetime(2026, 5, 1)))
        session.execute(update(Customer).values(created_at=datetime(2026, 5, 7, 16, tzinfo=UTC)))  # midnight of the 8th over there
        stage = session.scalars(select(Stage).where(Stage.kind == StageKind.WON)).first()
        won = Opportunity(
            number="X1",
            name="won",
            pipeline_id=stage.pipeline_id,
            stage_id=stage.id,
            status=StageKind.WON,
            base_amount=Decimal("12.34"),
            weighted_amount=Decimal("12.34"),
            closed_on=date(2026, 5, 9),
            owner_id=world.users["sales_a1"],
            department_id=a1,
        )
        session.add(won)
    found = figures(datetime(2026, 5, 10, 17, tzinfo=UTC))  # 01:00 on the 11th
    late = {day: found["customers", COMPANY, day] for day in (date(2026, 5, 7), date(2026, 5, 8), date(2026, 5, 9))}
    assert late == {date(2026, 5, 7): (Decimal(0), True), date(2026, 5, 8): (Decimal(3), True), date(2026, 5, 9): (Decimal(3), True)}
    assert found["customers", COMPANY, date(2026, 5, 10)] == (Decimal(3), False)
    assert found["new_customers", a1, date(2026, 5, 8)] == (Decimal(2), True)
    assert found["won_value", a1, date(2026, 5, 9)] == (Decimal("12.34"), True)
    assert found["win_rate", COMPANY, date(2026, 5, 8)] == (None, True)
    assert found["win_rate", COMPANY, date(2026, 5, 10)] == (Decimal(100), False)
    assert ("open_pipeline", COMPANY, date(2026, 5, 9)) not in found
    assert found["open_pipeline", COMPANY, date(2026, 5, 10)] == (Decimal(0), False)
    assert figures(datetime(2026, 5, 10, 18, tzinfo=UTC)) == found
    assert len(figures(datetime(2026, 5, 11, 17, tzinfo=UTC))) > len(found)


def test_back_to_the_first_user_only(app: Flask, figures: Callable[[datetime], dict]) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE ab_user SET created_on = '2026-05-09 12:00:00'"))
    days = {day for _kpi, _place, day in figures(datetime(2026, 5, 10, 17, tzinfo=UTC))}
    assert days == {date(2026, 5, 9), date(2026, 5, 10)}
