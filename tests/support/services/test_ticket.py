"""Tickets through their service: clocks, conversation, moves, and who may do what."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.actor import Actor, acting_as
from app.core.database import unit_of_work
from app.core.errors import InvalidValues, NotAllowed, NotFound, RuleViolation, StaleRecord
from app.support.models import Queue, Ticket, TicketMessage, TicketStatus, TicketTransition
from app.support.services.ticket import TicketService
from tests.support.conftest import START, Watch, ticket_of
from tests.world import World

Do = Callable[..., Any]


def moves_of(session: Any, ticket_id: int) -> list[tuple[Any, TicketStatus]]:
    rows = session.scalars(select(TicketTransition).where(TicketTransition.ticket_id == ticket_id).order_by(TicketTransition.id))
    return [(t.from_status, t.to_status) for t in rows]


def test_a_new_ticket_waits_with_running_clocks(session: Any, ticket_id: int, world: World) -> None:
    ticket = ticket_of(session, ticket_id)
    assert (ticket.status, ticket.owner_id, ticket.department_id) == (TicketStatus.NEW, None, world.departments["a"])
    assert ticket.first_response_due_at == ticket.due_at == START + timedelta(hours=1)
    assert ticket.resolution_due_at == START + timedelta(hours=8)
    assert moves_of(session, ticket_id) == [(None, TicketStatus.NEW)]


def test_on_the_telephone_the_first_answer_is_given_at_once(do: Do, session: Any, world: World) -> None:
    ticket = ticket_of(session, do("service_a", "create", {"subject": "Calls", "channel": "phone"}))
    assert ticket.first_response_at == START
    assert (ticket.owner_id, ticket.status) == (world.users["service_a"], TicketStatus.ASSIGNED)


def test_the_whole_way(do: Do, session: Any, ticket_id: int, watch: Watch) -> None:
    do("service_a", "take", ticket_id)
    watch.forward(minutes=10)
    do("service_a", "reply", ticket_id, "Which printer?")
    watch.forward(minutes=5)
    do("service_a", "change_state", ticket_id, TicketStatus.PENDING_CUSTOMER)
    waiting = ticket_of(session, ticket_id)
    assert waiting.resolution_due_at is None and waiting.due_at is None
    watch.forward(days=2)
    do("service_a", "receive", ticket_id, "The one on the second floor.")
    watch.forward(minutes=15)
    do("service_a", "resolve", ticket_id, "Extinguished.", "hardware")
    ticket = ticket_of(session, ticket_id)
    session.refresh(ticket)
    assert ticket.status is TicketStatus.RESOLVED
    assert ticket.resolution_used == 30 * 60 and ticket.paused_seconds == 2 * 86_400
    assert ticket.first_response_at == START + timedelta(minutes=10)
    assert not ticket.first_response_breached and not ticket.resolution_breached
    assert [to for _from, to in moves_of(session, ticket_id)] == [
        TicketStatus.NEW, TicketStatus.ASSIGNED, TicketStatus.IN_PROGRESS, TicketStatus.PENDING_CUSTOMER, TicketStatus.IN_PROGRESS, TicketStatus.RESOLVED,
    ]  # fmt: skip


def test_late_is_late(do: Do, session: Any, ticket_id: int, watch: Watch) -> None:
    do("service_a", "take", ticket_id)
    watch.forward(hours=1, seconds=1)
    do("service_a", "reply", ticket_id, "Sorry for the delay.")
    watch.forward(hours=8)
    do("service_a", "resolve", ticket_id, "Done.", "other")
    ticket = ticket_of(session, ticket_id)
    assert ticket.first_response_breached and ticket.resolution_breached


def test_a_note_is_no_answer(do: Do, session: Any, ticket_id: int) -> None:
    do("service_a", "take", ticket_id)
    do("service_a", "reply", ticket_id, "Angry customer.", public=False)
    assert ticket_of(session, ticket_id).first_response_at is None
    do("service_a", "change_state", ticket_id, TicketStatus.IN_PROGRESS)
    with pytest.raises(RuleViolation):
        do("service_a", "change_state", ticket_id, TicketStatus.PENDING_CUSTOMER)


def test_a_refused_move_changes_nothing(do: Do, session: Any, ticket_id: int) -> None:
    do("service_a", "take", ticket_id)
    before = _everything(session, ticket_id)
    for target in TicketStatus:
        if target is not TicketStatus.IN_PROGRESS:
            with pytest.raises((RuleViolation, NotAllowed)):
                do("service_a", "change_state", ticket_id, target, reason="because", resolution="x", cause="other")
    with pytest.raises(StaleRecord):
        do("service_a", "change_state", ticket_id, TicketStatus.IN_PROGRESS, version=1)
    assert _everything(session, ticket_id) == before
    do("service_a", "change_state", ticket_id, TicketStatus.IN_PROGRESS)
    with pytest.raises(InvalidValues) as refused:
        do("service_a", "resolve", ticket_id, "Done.", "no such cause")
    assert "cause" in refused.value.problems
    assert ticket_of(session, ticket_id).status is TicketStatus.IN_PROGRESS


def _everything(session: Any, ticket_id: int) -> tuple[Any, ...]:
    session.expire_all()
    columns = session.execute(select(*Ticket.__table__.c).where(Ticket.id == ticket_id)).one()
    others = [
        session.scalar(select(func.count()).select_from(m).where(m.ticket_id == ticket_id)) for m in (TicketMessage, TicketTransition)
    ]
    return (*columns, *others)


def test_reopening_goes_on_with_the_clock(do: Do, session: Any, ticket_id: int, watch: Watch) -> None:
    do("service_a", "take", ticket_id)
    do("service_a", "reply", ticket_id, "On it.")
    watch.forward(hours=1)
    do("service_a", "resolve", ticket_id, "Done.", "other")
    watch.forward(days=1)
    do("service_a", "reopen", ticket_id, "It burns again.")
    ticket = ticket_of(session, ticket_id)
    assert (ticket.status, ticket.reopen_count, ticket.resolved_at) == (TicketStatus.IN_PROGRESS, 1, None)
    assert ticket.resolution_due_at == watch.time + timedelta(hours=7)


def test_another_priority_keeps_what_was_used(do: Do, session: Any, ticket_id: int, watch: Watch) -> None:
    watch.forward(hours=5)
    do("service_a", "update", ticket_id, {"priority": "p1"}, version=None)
    ticket = ticket_of(session, ticket_id)
    assert ticket.resolution_due_at == START + timedelta(hours=4)
    assert ticket.resolution_breached


def test_passing_on(do: Do, session: Any, ticket_id: int, world: World) -> None:
    do("service_a", "take", ticket_id)
    with pytest.raises(InvalidValues) as refused:
        do("service_a", "assign", ticket_id, world.users["service_b"])
    assert "reason" in refused.value.problems
    do("service_a", "assign", ticket_id, world.users["service_b"], reason="Their printer.")
    ticket = ticket_of(session, ticket_id)
    assert (ticket.owner_id, ticket.department_id, ticket.transfer_count) == (world.users["service_b"], world.departments["b"], 1)
    with pytest.raises(NotFound):
        do("service_a", "take", ticket_id)
    do("service_b", "change_state", ticket_id, TicketStatus.IN_PROGRESS)


def test_the_owner_is_not_changed_by_the_form(do: Do, ticket_id: int, world: World) -> None:
    with pytest.raises(InvalidValues) as refused:
        do("service_a", "update", ticket_id, {"owner_id": world.users["service_b"]}, version=None)
    assert "owner_id" in refused.value.problems


def test_a_waiting_ticket_is_seen_by_the_department_of_its_queue(do: Do, session: Any, world: World) -> None:
    queue = Queue(name_zh="乙", name_en="B", department_id=world.departments["b"])
    session.add(queue)
    session.flush()
    ticket_id = do("service_a", "create", {"subject": "For B", "channel": "web", "queue_id": queue.id})
    assert ticket_of(session, ticket_id).department_id == world.departments["b"]
    with pytest.raises(NotFound):
        do("service_a", "take", ticket_id)
    do("service_b", "take", ticket_id)


def test_a_contact_of_another_customer_is_refused(do: Do, world: World) -> None:
    mixed = {"subject": "Mixed", "customer_id": world.customers["sales_a1"], "contact_id": world.contacts["sales_a2"]}
    with pytest.raises(InvalidValues) as refused:
        do("service_a", "create", mixed)
    assert "contact_id" in refused.value.problems


def test_a_customer_out_of_sight_is_refused(do: Do, world: World, session: Any) -> None:
    with pytest.raises(InvalidValues):
        do("service_a", "create", {"subject": "CNRY foreign", "customer_id": world.customers["sales_b1"]})
    assert session.scalar(select(Ticket.id).where(Ticket.subject == "CNRY foreign")) is None


def test_only_a_lead_cancels_accepted_work(do: Do, session: Any, ticket_id: int, world: World) -> None:
    do("service_a", "take", ticket_id)
    with pytest.raises(NotAllowed):
        do("service_a", "change_state", ticket_id, TicketStatus.CANCELLED, reason="Never mind.")
    do("admin", "change_state", ticket_id, TicketStatus.CANCELLED, reason="Never mind.")
    ticket = ticket_of(session, ticket_id)
    assert ticket.status is TicketStatus.CANCELLED and ticket.due_at is None


def test_of_many_who_take_exactly_one_wins(app: Flask, actor_of: Callable[[str], Actor], ticket_id: int, session: Any) -> None:
    actors = [actor_of(who) for who in ("service_a", "admin") * 4]
    together, results = Barrier(len(actors)), []

    def take(actor: Actor) -> None:
        together.wait()
        try:
            with app.app_context(), acting_as(actor), unit_of_work():
                TicketService().take(ticket_id, actor=actor)
            results.append(actor.id)
        except (RuleViolation, NotFound):  # taken by a colleague, or by somebody of another department
            results.append(None)

    threads = [Thread(target=take, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [result for result in results if result is not None]
    assert len(results) == 8 and len(winners) == 1
    assert ticket_of(session, ticket_id).owner_id == winners[0]
    assert len(moves_of(session, ticket_id)) == 2
