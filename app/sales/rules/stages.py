"""Moving through a pipeline: which moves there are, what each asks for, and what it changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from app.core.i18n import Text, _l
from app.sales.models.stage import StageKind

OPEN, WON, LOST, INVALID = StageKind.OPEN, StageKind.WON, StageKind.LOST, StageKind.INVALID

# Files from elsewhere rarely say why something was lost; people must.
NOT_RECORDED = "unknown"
OTHER = "other"


class Step(StrEnum):
    """What a move is, seen from the kinds of both stages."""

    ENTER = "enter"  # a new opportunity, still open
    ADVANCE = "advance"  # from open to open, in either direction
    CLOSE = "close"
    RECLOSE = "reclose"  # a wrong result is put right
    REOPEN = "reopen"


STEPS: dict[tuple[StageKind | None, StageKind], Step] = {
    (None, OPEN): Step.ENTER,
    (OPEN, OPEN): Step.ADVANCE,
    **{(before, result): Step.CLOSE for before in (None, OPEN) for result in (WON, LOST, INVALID)},
    **{(before, result): Step.RECLOSE for before in (WON, LOST, INVALID) for result in (WON, LOST, INVALID)},
    **{(before, OPEN): Step.REOPEN for before in (WON, LOST, INVALID)},
}

# Fields that belong to some results only.
BELONGS: dict[str, frozenset[StageKind]] = {
    "closed_on": frozenset({WON, LOST, INVALID}),
    "loss_reason": frozenset({LOST}),
    "loss_note": frozenset({LOST}),
}
STRANGER: dict[str, Text] = {
    "closed_on": _l("Only a closed opportunity has a day of closing. Choose a stage that closes it, or leave this empty."),
    "loss_reason": _l("Only a lost opportunity has a reason for its loss."),
    "loss_note": _l("Only a lost opportunity has a reason for its loss."),
}


class StageFacts(Protocol):
    """What the rules need to know about a stage."""

    id: int
    pipeline_id: int
    position: int
    kind: StageKind
    probability: Decimal


@dataclass(frozen=True, slots=True)
class Result:
    """What was said about the end of an opportunity."""

    loss_reason: str | None = None
    loss_note: str | None = None
    closed_on: date | None = None
    opened_on: date | None = None


def step_of(before: StageFacts | None, target: StageFacts) -> Step:
    """The kind of move from one stage (or from nowhere) to another."""
    return STEPS[before.kind if before else None, target.kind]


def check_result(kind: StageKind, result: Result, today: date) -> dict[str, Text]:
    """What a result lacks: a sentence per field, none when it may be saved."""
    problems: dict[str, Text] = {}
    if kind is LOST and not result.loss_reason:
        problems["loss_reason"] = _l("Please choose why it was lost.")
    if kind is LOST and result.loss_reason == OTHER and not (result.loss_note or "").strip():
        problems["loss_note"] = _l("Please say in a few words why it was lost.")
    if result.closed_on is not None and result.closed_on > today:
        problems["closed_on"] = _l("The day of closing cannot lie in the future.")
    elif result.closed_on is not None and result.opened_on is not None and result.closed_on < result.opened_on:
        problems["closed_on"] = _l("It cannot have been closed before it was opened.")
    return problems


def strangers(kind: StageKind, given: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Text]:
    """Values that make no sense for this kind of stage and were not there before."""
    misplaced = (name for name, kinds in BELONGS.items() if kind not in kinds)
    return {name: STRANGER[name] for name in misplaced if given.get(name) and given[name] != stored.get(name)}


def probability_in(stage: StageFacts, own: Decimal | None) -> Decimal:
    """Won is 100, lost and invalid are 0; an open one has its own probability or the stage's."""
    fixed = {WON: Decimal(100), LOST: Decimal(0), INVALID: Decimal(0)}.get(stage.kind)
    if fixed is not None:
        return fixed
    return own if own is not None else stage.probability


def furthest_of(before: StageFacts | None, target: StageFacts, first: StageFacts) -> StageFacts:
    """The furthest stage ever reached: winning counts as all of them, losing as none further.

    A win that is taken back counts as reaching the stage the opportunity went back to.
    """
    if target.kind is WON:
        return target
    if target.kind.is_closed:
        return before or first
    if before is None or before.kind is not OPEN or target.position >= before.position:
        return target
    return before


def cycle_of(kind: StageKind, opened_on: date | None, closed_on: date | None) -> int | None:
    """Days from opening to closing of a closed opportunity."""
    if not kind.is_closed or opened_on is None or closed_on is None:
        return None
    return (closed_on - opened_on).days


def age_tone(days: int, warn_days: int | None, expected_days: int | None) -> str:
    """'overdue', 'late' or '' for the days spent in a stage."""
    if expected_days is not None and days > expected_days:
        return "overdue"
    if warn_days is not None and days > warn_days:
        return "late"
    return ""
