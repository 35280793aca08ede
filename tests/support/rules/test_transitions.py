"""The workflow table, pair by pair."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from app.support.models import TicketStatus as S
from app.support.rules.transitions import TRANSITIONS, Given, Need, Part, offered, refusal

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
# Somebody who may do everything and brings everything along.
ALL = Given(
    parts=frozenset(Part), reason="because", resolution="replaced the part", cause="hardware",
    has_reply=True, has_owner=True, since=NOW, now=NOW,
)  # fmt: skip
ALLOWED = {
    (S.NEW, S.ASSIGNED), (S.NEW, S.CANCELLED),
    (S.ASSIGNED, S.ASSIGNED), (S.ASSIGNED, S.IN_PROGRESS), (S.ASSIGNED, S.CANCELLED),
    (S.IN_PROGRESS, S.ASSIGNED), (S.IN_PROGRESS, S.PENDING_CUSTOMER), (S.IN_PROGRESS, S.PENDING_THIRD_PARTY),
    (S.IN_PROGRESS, S.RESOLVED), (S.IN_PROGRESS, S.CANCELLED),
    (S.PENDING_CUSTOMER, S.IN_PROGRESS), (S.PENDING_CUSTOMER, S.CANCELLED),
    (S.PENDING_THIRD_PARTY, S.IN_PROGRESS), (S.PENDING_THIRD_PARTY, S.CANCELLED),
    (S.RESOLVED, S.CLOSED), (S.RESOLVED, S.IN_PROGRESS), (S.CLOSED, S.IN_PROGRESS),
}  # fmt: skip


@pytest.mark.parametrize(("source", "target"), list(product(S, S)))
def test_exactly_the_workflow_is_possible(source: S, target: S) -> None:
    assert (refusal(source, target, ALL) is None) == ((source, target) in ALLOWED)


@pytest.mark.parametrize("move", TRANSITIONS, ids=lambda m: f"{m.source}-{m.target}")
def test_each_need_is_asked_for(move) -> None:
    without = {
        Need.REASON: {"reason": " "},
        Need.REPLY: {"has_reply": False},
        Need.RESOLUTION: {"resolution": ""},
        Need.OWNER: {"has_owner": False},
    }
    for need, missing in without.items():
        refused = refusal(move.source, move.target, replace(ALL, **missing))
        assert (refused is not None) == (need in move.needs)
        if refused is not None:
            assert not refused.right


@pytest.mark.parametrize("move", TRANSITIONS, ids=lambda m: f"{m.source}-{m.target}")
def test_who_may(move) -> None:
    enough = {Part.AGENT: {Part.AGENT}, Part.ASSIGNEE: {Part.AGENT, Part.ASSIGNEE}, Part.LEAD: {Part.AGENT, Part.LEAD}}[move.who]
    assert refusal(move.source, move.target, replace(ALL, parts=frozenset(enough))) is None
    less = {Part.AGENT: set(), Part.ASSIGNEE: {Part.AGENT}, Part.LEAD: {Part.AGENT, Part.ASSIGNEE}}[move.who]
    refused = refusal(move.source, move.target, replace(ALL, parts=frozenset(less)))
    assert refused is not None and refused.right


def test_a_cause_belongs_to_a_resolution() -> None:
    refused = refusal(S.IN_PROGRESS, S.RESOLVED, replace(ALL, cause=None))
    assert refused is not None and refused.field == "cause"


def test_the_third_hand_over_is_a_leads() -> None:
    assignee = replace(ALL, parts=frozenset({Part.AGENT, Part.ASSIGNEE}))
    assert refusal(S.IN_PROGRESS, S.ASSIGNED, replace(assignee, transfers=1)) is None
    assert refusal(S.IN_PROGRESS, S.ASSIGNED, replace(assignee, transfers=2)) is not None
    assert refusal(S.IN_PROGRESS, S.ASSIGNED, replace(ALL, transfers=2)) is None


def test_a_closed_ticket_opens_again_for_a_week() -> None:
    assert refusal(S.CLOSED, S.IN_PROGRESS, replace(ALL, now=NOW + timedelta(days=7))) is None
    assert refusal(S.CLOSED, S.IN_PROGRESS, replace(ALL, now=NOW + timedelta(days=7, seconds=1))) is not None


def test_offered_are_moves_that_lack_only_what_can_be_typed() -> None:
    working = Given(parts=frozenset({Part.AGENT, Part.ASSIGNEE}), since=NOW, now=NOW)
    assert {t.target for t in offered(S.IN_PROGRESS, working)} == {S.PENDING_THIRD_PARTY, S.RESOLVED}
    answered = replace(working, has_reply=True)
    assert S.PENDING_CUSTOMER in {t.target for t in offered(S.IN_PROGRESS, answered)}
    assert offered(S.IN_PROGRESS, Given(parts=frozenset({Part.AGENT}), since=NOW, now=NOW)) == []
