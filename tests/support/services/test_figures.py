"""Figures of a small, known history."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from app.core.actor import SYSTEM, Actor, acting_as
from app.core.database import unit_of_work
from app.extensions import db
from app.support.models import TicketStatus
from app.support.services import figures
from app.support.services.breaches import mark_breaches
from app.support.services.figures import Met, Minutes
from tests.support.conftest import START, Watch, ticket_of
from tests.world import World

Do = Callable[..., Any]
PERIOD = (START - timedelta(days=1), START + timedelta(days=2))


@pytest.fixture
def history(do: Do, watch: Watch) -> list[int]:
    """Department a: answered after 10 and 90 minutes, one waiting, one cancelled. Department b: one waiting."""

    def create() -> int:
        return int(do("service_a", "create", {"subject": "T", "channel": "web", "priority": "p2"}))

    quick, slow, waiting, cancelled = (create() for _ in range(4))
    foreign = int(do("service_b", "create", {"subject": "T", "channel": "web", "priority": "p2"}))
    do("service_a", "change_state", cancelled, TicketStatus.CANCELLED, reason="Twice.")
    for ticket, minutes in ((quick, 10), (slow, 80)):
        watch.forward(minutes=minutes)
        do("service_a", "take", ticket)
        do("service_a", "reply", ticket, "Hello.")
    do("service_a", "resolve", quick, "Done.", "other")
    return [quick, slow, waiting, cancelled, foreign]


def test_what_the_whole_company_sees(app: Flask, history: list[int], world: World) -> None:
    a, b = world.departments["a"], world.departments["b"]
    with app.app_context(), acting_as(SYSTEM):
        session = db.session()
        assert figures.open_tickets(session) == 3
        assert figures.open_tickets(session, [b]) == 1
        assert figures.open_by_department(session) == {a: 2, b: 1}
        assert figures.created_per_day(session, *PERIOD, "Asia/Shanghai") == {date(2026, 3, 2): 5}
        assert figures.resolved_per_day(session, *PERIOD, "Asia/Shanghai") == {date(2026, 3, 2): 1}
        assert figures.first_response(session, *PERIOD) == Minutes(2, 50, 50)
        early, late = START + timedelta(minutes=59), START + timedelta(minutes=91)
        assert figures.first_response_met(session, *PERIOD, early) == {a: Met(1, 1), b: Met(0, 0)}
        met = figures.first_response_met(session, *PERIOD, late)
        assert met == {a: Met(1, 2), b: Met(0, 1)}
        assert figures.total(met.values()).percent == 25
        assert figures.resolution_met(session, *PERIOD, late)[a] == Met(1, 0)


def test_an_agent_counts_what_an_agent_sees(app: Flask, history: list[int], actor_of: Callable[[str], Actor]) -> None:
    with app.app_context(), acting_as(actor_of("service_b")):
        assert figures.open_tickets(db.session()) == 1
        assert figures.first_response(db.session(), *PERIOD) == Minutes(0, None, None)


def test_nothing_to_meet_has_no_percentage() -> None:
    assert Met(0, 0).percent is None


def test_what_ran_out_of_time_is_marked_once(app: Flask, history: list[int], session: Any) -> None:
    with app.app_context(), acting_as(SYSTEM):
        with unit_of_work() as writing:
            assert mark_breaches(writing) == 2 + 3  # two unanswered, three unsolved: their time is long over
        with unit_of_work() as writing:
            assert mark_breaches(writing) == 0
    _quick, slow, waiting, cancelled, _foreign = (ticket_of(session, ticket) for ticket in history)
    assert waiting.first_response_breached and waiting.resolution_breached and slow.resolution_breached
    assert not cancelled.resolution_breached
