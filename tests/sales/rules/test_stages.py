"""Moves between stages: the table, what a result lacks, what follows from a stage."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from app.sales.models import StageKind
from app.sales.rules.stages import Result, Step, age_tone, check_result, cycle_of, furthest_of, probability_in, step_of, strangers

OPEN, WON, LOST, INVALID = StageKind.OPEN, StageKind.WON, StageKind.LOST, StageKind.INVALID
TODAY = date(2026, 5, 20)


@dataclass
class Facts:
    id: int
    kind: StageKind
    position: int = 10
    probability: Decimal = Decimal(30)
    pipeline_id: int = 1


FIRST, SECOND, THIRD = (Facts(n, OPEN, n * 10, Decimal(n * 10)) for n in (1, 2, 3))
WIN, LOSS = Facts(8, WON, 80, Decimal(100)), Facts(9, LOST, 90, Decimal(0))


@pytest.mark.parametrize(
    ("before", "target", "step"),
    [
        (None, FIRST, Step.ENTER),
        (None, WIN, Step.CLOSE),
        (FIRST, THIRD, Step.ADVANCE),
        (THIRD, FIRST, Step.ADVANCE),
        (SECOND, LOSS, Step.CLOSE),
        (WIN, LOSS, Step.RECLOSE),
        (LOSS, FIRST, Step.REOPEN),
    ],
)
def test_every_pair_of_kinds_is_a_step(before, target, step):
    assert step_of(before, target) is step


@pytest.mark.parametrize(
    ("kind", "result", "fields"),
    [
        (LOST, Result(), {"loss_reason"}),
        (LOST, Result(loss_reason="price"), set()),
        (LOST, Result(loss_reason="other"), {"loss_note"}),
        (LOST, Result(loss_reason="other", loss_note="   "), {"loss_note"}),
        (LOST, Result(loss_reason="other", loss_note="went bankrupt"), set()),
        (WON, Result(), set()),
        (INVALID, Result(), set()),
        (WON, Result(closed_on=date(2026, 5, 21)), {"closed_on"}),
        (WON, Result(closed_on=TODAY), set()),
        (WON, Result(closed_on=date(2026, 5, 1), opened_on=date(2026, 5, 2)), {"closed_on"}),
        (WON, Result(closed_on=date(2026, 5, 2), opened_on=date(2026, 5, 2)), set()),
    ],
)
def test_what_a_result_lacks(kind, result, fields):
    assert set(check_result(kind, result, TODAY)) == fields


@pytest.mark.parametrize(
    ("kind", "given", "stored", "fields"),
    [
        (OPEN, {"closed_on": TODAY}, {}, {"closed_on"}),
        (OPEN, {"closed_on": TODAY}, {"closed_on": TODAY}, set()),
        (OPEN, {"closed_on": None, "loss_reason": ""}, {}, set()),
        (WON, {"closed_on": TODAY, "loss_reason": "price"}, {}, {"loss_reason"}),
        (LOST, {"closed_on": TODAY, "loss_reason": "price", "loss_note": "x"}, {}, set()),
    ],
)
def test_values_that_belong_to_another_result(kind, given, stored, fields):
    assert set(strangers(kind, given, stored)) == fields


@pytest.mark.parametrize(
    ("stage", "own", "expected"),
    [(SECOND, None, 20), (SECOND, Decimal(65), 65), (SECOND, Decimal(0), 0), (WIN, Decimal(65), 100), (LOSS, Decimal(65), 0)],
)
def test_probability(stage, own, expected):
    assert probability_in(stage, own) == expected


@pytest.mark.parametrize(
    ("before", "target", "furthest"),
    [
        (None, FIRST, FIRST),
        (None, THIRD, THIRD),
        (THIRD, FIRST, THIRD),  # coming back loses nothing
        (FIRST, THIRD, THIRD),
        (SECOND, LOSS, SECOND),
        (None, LOSS, FIRST),  # came here lost: it has been in the first stage at least
        (FIRST, WIN, WIN),
        (WIN, SECOND, SECOND),  # a win taken back
        (WIN, LOSS, WIN),
    ],
)
def test_the_furthest_stage(before, target, furthest):
    assert furthest_of(before, target, FIRST) is furthest


@pytest.mark.parametrize(
    ("kind", "opened", "closed", "days"),
    [
        (WON, date(2026, 1, 30), date(2026, 3, 2), 31),
        (LOST, TODAY, TODAY, 0),
        (WON, None, TODAY, None),
        (OPEN, TODAY, None, None),
        (OPEN, TODAY, TODAY, None),
    ],
)
def test_the_cycle(kind, opened, closed, days):
    assert cycle_of(kind, opened, closed) == days


@pytest.mark.parametrize(
    ("days", "warn", "expected", "tone"),
    [
        (14, 14, 30, ""),
        (15, 14, 30, "late"),
        (30, 14, 30, "late"),
        (31, 14, 30, "overdue"),
        (999, None, None, ""),
        (31, None, 30, "overdue"),
    ],
)
def test_the_age_in_a_stage(days, warn, expected, tone):
    assert age_tone(days, warn, expected) == tone
