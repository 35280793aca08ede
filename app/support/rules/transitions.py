"""The ticket workflow as a table: which state leads to which, who may do it, and what it takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.i18n import Text, _l
from app.support.models.ticket import TicketStatus as S


class Part(StrEnum):
    """What somebody is to a ticket. A lead may do whatever an assignee may."""

    AGENT = "agent"  # may edit it
    ASSIGNEE = "assignee"  # works on it
    LEAD = "lead"  # leads its department, or manages tickets


class Need(StrEnum):
    """What a transition asks for."""

    REASON = "reason"
    REPLY = "reply"  # a public answer since the last move into this state
    RESOLUTION = "resolution"  # what was done, and the cause
    OWNER = "owner"  # somebody who works on it


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed move; `label` is the text of its button. `by_assigning`: choosing an owner makes it."""

    source: S
    target: S
    who: Part
    label: Text
    needs: frozenset[Need] = frozenset()
    within: timedelta | None = None
    by_assigning: bool = False


def _move(
    source: S, target: S, who: Part, label: Text, *needs: Need, within: timedelta | None = None, by_assigning: bool = False
) -> Transition:
    return Transition(source, target, who, label, frozenset(needs), within, by_assigning)


REOPEN_WITHIN = timedelta(days=7)
OFTEN_PASSED_ON = 2  # from then on only a lead passes a ticket on

_CANCEL, _RESUME, _REOPEN = _l("Cancel ticket"), _l("Resume work"), _l("Reopen")

TRANSITIONS = (
    _move(S.NEW, S.ASSIGNED, Part.AGENT, _l("Assign"), Need.OWNER, by_assigning=True),
    _move(S.NEW, S.CANCELLED, Part.AGENT, _CANCEL, Need.REASON),
    _move(S.ASSIGNED, S.ASSIGNED, Part.ASSIGNEE, _l("Pass on"), Need.OWNER, Need.REASON, by_assigning=True),
    _move(S.ASSIGNED, S.IN_PROGRESS, Part.ASSIGNEE, _l("Start work")),
    _move(S.ASSIGNED, S.CANCELLED, Part.LEAD, _CANCEL, Need.REASON),
    _move(S.IN_PROGRESS, S.ASSIGNED, Part.ASSIGNEE, _l("Pass on"), Need.OWNER, Need.REASON, by_assigning=True),
    _move(S.IN_PROGRESS, S.PENDING_CUSTOMER, Part.ASSIGNEE, _l("Wait for customer"), Need.REPLY),
    _move(S.IN_PROGRESS, S.PENDING_THIRD_PARTY, Part.ASSIGNEE, _l("Wait for third party"), Need.REASON),
    _move(S.IN_PROGRESS, S.RESOLVED, Part.ASSIGNEE, _l("Resolve"), Need.RESOLUTION),
    _move(S.IN_PROGRESS, S.CANCELLED, Part.LEAD, _CANCEL, Need.REASON),
    _move(S.PENDING_CUSTOMER, S.IN_PROGRESS, Part.ASSIGNEE, _RESUME),
    _move(S.PENDING_CUSTOMER, S.CANCELLED, Part.LEAD, _CANCEL, Need.REASON),
    _move(S.PENDING_THIRD_PARTY, S.IN_PROGRESS, Part.ASSIGNEE, _RESUME),
    _move(S.PENDING_THIRD_PARTY, S.CANCELLED, Part.LEAD, _CANCEL, Need.REASON),
    _move(S.RESOLVED, S.CLOSED, Part.AGENT, _l("Close")),
    _move(S.RESOLVED, S.IN_PROGRESS, Part.AGENT, _REOPEN, Need.REASON),
    _move(S.CLOSED, S.IN_PROGRESS, Part.LEAD, _REOPEN, Need.REASON, within=REOPEN_WITHIN),
)

_TABLE = {(t.source, t.target): t for t in TRANSITIONS}


@dataclass(frozen=True, slots=True)
class Given:
    """What a person brings to a transition."""

    parts: frozenset[Part]
    reason: str = ""
    resolution: str = ""
    cause: str | None = None
    has_reply: bool = False
    has_owner: bool = True
    transfers: int = 0
    since: datetime | None = None  # when the ticket came into its present state
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not: `field` is the input that is missing, if one is; `right` when it is not this person's to do."""

    sentence: Text
    field: str | None = None
    right: bool = False


def find(source: S, target: S) -> Transition | None:
    """The table's row."""
    return _TABLE.get((source, target))


def refusal(source: S, target: S, given: Given) -> Refused | None:
    """Why a move is not possible, or None when it is."""
    move = find(source, target)
    if move is None:
        return Refused(_l("A ticket cannot go from “%(source)s” to “%(target)s”.", source=source.label, target=target.label))
    if not _is_theirs(move, given):
        return Refused(_WHOSE[move.who], right=True)
    if move.within is not None and given.since is not None and given.now is not None and given.now - given.since > move.within:
        return Refused(_l("It was closed more than %(days)s days ago. Make a new ticket.", days=move.within.days))
    return _missing(move, given)


def _is_theirs(move: Transition, given: Given) -> bool:
    if Part.LEAD in given.parts:
        return True
    passed_on_often = move.source is not S.NEW and move.by_assigning and given.transfers >= OFTEN_PASSED_ON
    return move.who in given.parts and not passed_on_often


_WHOSE = {
    Part.AGENT: _l("You may not change this ticket."),
    Part.ASSIGNEE: _l("Only the person who works on this ticket, or a lead, can do this; after two hand-overs only a lead passes it on."),
    Part.LEAD: _l("Only a lead can do this."),
}


def _missing(move: Transition, given: Given) -> Refused | None:
    if Need.OWNER in move.needs and not given.has_owner:
        return Refused(_l("Choose who works on it."), "owner_id")
    if Need.REASON in move.needs and not given.reason.strip():
        return Refused(_l("Please give a reason."), "reason")
    if Need.REPLY in move.needs and not given.has_reply:
        return Refused(_l("Answer the customer first; then the ticket can wait for the customer."))
    if Need.RESOLUTION in move.needs and not given.resolution.strip():
        return Refused(_l("Say what was done."), "resolution")
    if Need.RESOLUTION in move.needs and not given.cause:
        return Refused(_l("Choose the cause."), "cause")
    return None


def offered(source: S, given: Given) -> list[Transition]:
    """The buttons for a person: moves that are theirs, whatever still has to be filled in."""
    mine: Iterable[Transition] = (t for t in TRANSITIONS if t.source is source and not t.by_assigning)
    return [t for t in mine if (no := refusal(source, t.target, given)) is None or no.field is not None]
