"""Follow-ups: who may make them, and what they tell their record."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from app.activities.models import Activity
from app.activities.services.activity import ActivityService
from app.core.errors import InvalidValues, NotFound
from app.customers.models import Customer
from tests.world import World

Do = Callable[..., int]


def call(world: World, whose: str = "sales_a1", **more: Any) -> dict[str, Any]:
    return {"kind": "call", "subject": "CNRY call", "entity": "customer", "record_id": world.customers[whose], **more}


def customer_of(session: Any, world: World, whose: str = "sales_a1") -> Customer:
    return session.get(Customer, world.customers[whose])


def test_a_follow_up_tells_its_customer(do: Do, session: Any, world: World) -> None:
    version = customer_of(session, world).version
    made = do("sales_a1", ActivityService, "create", call(world, at="2026-03-02T09:00:00Z", next_follow_up_on="2026-04-01"))
    customer = customer_of(session, world)
    assert customer.last_activity_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert customer.next_follow_up_on == date(2026, 4, 1)
    assert customer.version == version  # an open form of the customer stays good
    assert session.get(Activity, made).about == customer.name


def test_an_older_follow_up_does_not_turn_the_clock_back(do: Do, session: Any, world: World) -> None:
    do("sales_a1", ActivityService, "create", call(world, at="2026-03-02T09:00:00Z"))
    do("sales_a1", ActivityService, "create", call(world, at="2026-03-01T09:00:00Z"))
    assert customer_of(session, world).last_activity_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_note_is_no_activity_of_the_customer(do: Do, session: Any, world: World) -> None:
    do("sales_a1", ActivityService, "create", call(world, kind="note"))
    assert customer_of(session, world).last_activity_at is None


@pytest.mark.parametrize("entity", ["customer", "nonsense", "user", "activity", None])
def test_nothing_is_hung_where_one_cannot_look(do: Do, session: Any, world: World, entity: str | None) -> None:
    values = call(world, "sales_b1", entity=entity)
    with pytest.raises(InvalidValues) as refused:
        do("sales_a1", ActivityService, "create", values)
    assert "record_id" in refused.value.problems
    assert session.scalar(select(func.count()).select_from(Activity)) == 0
    assert customer_of(session, world, "sales_b1").last_activity_at is None


def test_it_stays_where_it_was_made(do: Do, world: World) -> None:
    made = do("sales_a1", ActivityService, "create", call(world))
    with pytest.raises(InvalidValues):
        do("sales_a1", ActivityService, "update", made, {"record_id": world.customers["sales_a2"]}, version=None)


def test_seen_by_whoever_sees_the_customer(do: Do, world: World) -> None:
    made = do("sales_a1", ActivityService, "create", call(world))
    assert do("manager_a", ActivityService, "get", made) == made
    for stranger in ("sales_a2", "sales_b1"):
        with pytest.raises(NotFound):
            do(stranger, ActivityService, "get", made)
