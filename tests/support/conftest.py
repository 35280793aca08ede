"""A ticket of department a, its agent, and a clock that the test turns."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.core.actor import Actor, acting_as
from app.core.database import unit_of_work
from app.extensions import db
from app.support.models import Ticket
from app.support.services.ticket import TicketService

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Watch:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **span: float) -> None:
        self.time += timedelta(**span)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def do(app: Flask, actor_of: Callable[[str], Actor], watch: Watch) -> Callable[..., Any]:
    """`do("service_a", "take", ticket_id)`: a verb of the ticket service in somebody's name, committed."""

    def run(who: str, verb: str, *args: Any, **more: Any) -> Any:
        actor = actor_of(who)
        with app.app_context(), acting_as(actor):
            with unit_of_work():
                found = getattr(TicketService(now=watch), verb)(*args, actor=actor, **more)
            return found.id

    return run


@pytest.fixture
def statements(app: Flask) -> Callable[..., Any]:
    """`with statements() as seen:` collects the SQL of a block."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
                seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return collect


@pytest.fixture
def ticket_id(do: Callable[..., Any]) -> int:
    """A waiting ticket of department a."""
    return int(do("service_a", "create", {"subject": "CNRY printer on fire", "channel": "email", "priority": "p2"}))


def ticket_of(session: Any, ticket_id: int) -> Ticket:
    ticket: Ticket | None = session.get(Ticket, ticket_id)
    assert ticket is not None
    return ticket
