"""The formulas of the funnel on small numbers that can be checked by hand."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from app.sales.rules.amounts import in_company_currency, weighted
from app.sales.rules.funnel import Figures, Period, Spread, passages, preset_periods, share, total


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(4238, 6711, "63.15"), (0, 5, "0.00"), (1, 3, "33.33"), (2, 3, "66.67"), (5, 5, "100.00"), (1, 800, "0.13"), (0, 0, None)],
)
def test_share(part, whole, expected):
    assert share(part, whole) == (Decimal(expected) if expected else None)


def test_win_rate_leaves_out_open_and_invalid():
    figures = Figures(open_count=50, won_count=3, won_amount=Decimal(300), lost_count=1, lost_amount=Decimal(700), invalid_count=9)
    assert (figures.win_rate, figures.win_rate_by_amount, figures.average_won) == (Decimal(75), Decimal(30), Decimal(100))
    assert (figures.count, figures.closed_count) == (63, 13)


def test_nothing_closed_has_no_rate_and_no_average():
    nothing = Figures(open_count=4)
    assert (nothing.win_rate, nothing.win_rate_by_amount, nothing.average_won, nothing.cycle.mean, nothing.cycle.median) == (None,) * 5


@pytest.mark.parametrize(
    ("days", "mean", "median"),
    [
        ([7], "7", "7"),
        ([1, 2, 3], "2", "2"),
        ([1, 2, 3, 10], "4", "2.5"),
        ([5, 5, 5, 5], "5", "5"),
        ([0, 1], "0.5", "0.5"),
        ([1, 1, 2], "1.33", "1"),
    ],
)
def test_mean_and_median(days, mean, median):
    spread = Spread(Counter(days))
    assert (spread.mean, spread.median) == (Decimal(mean), Decimal(median))


def test_figures_add_up_with_their_days():
    parts = [
        Figures(won_count=1, won_amount=Decimal(5), cycle=Spread(Counter([2]))),
        Figures(won_count=2, won_amount=Decimal(7), cycle=Spread(Counter([4, 9]))),
    ]
    whole = total(parts)
    assert (whole.won_count, whole.won_amount, whole.cycle.median) == (3, 12, 4)


def test_conversion_counts_skipped_stages_and_keeps_the_undecided_apart():
    # ten entered: two stay open in A, one was lost there; B holds one and lost two; C lost one; three were won
    furthest = {("A", True): 2, ("A", False): 1, ("B", True): 1, ("B", False): 2, ("C", False): 1, ("W", False): 3}
    a, b, c = passages(["A", "B", "C"], ["W"], furthest)
    assert (a.reached, a.advanced, a.undecided, a.dropped, a.rate) == (10, 7, 2, 1, 70)
    assert (b.reached, b.advanced, b.undecided, b.dropped) == (7, 4, 1, 2)
    assert (c.reached, c.advanced, c.rate, c.undecided_share) == (4, 3, 75, 0)
    assert (a.reached_at, b.later) == (("A", "B", "C", "W"), ("C", "W"))


def test_conversion_of_nobody():
    (only,) = passages(["A"], ["W"], {})
    assert (only.reached, only.rate) == (0, None)


@pytest.mark.parametrize(
    ("period", "label", "start", "end"),
    [
        (Period(2024, 2), "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        (Period(2025, 12), "2025-12", date(2025, 12, 1), date(2025, 12, 31)),
        (Period(2026, 10, 3), "2026 Q4", date(2026, 10, 1), date(2026, 12, 31)),
        (Period(2026, 5).quarter(), "2026 Q2", date(2026, 4, 1), date(2026, 6, 30)),
    ],
)
def test_periods(period, label, start, end):
    assert (period.label, period.start, period.end) == (label, start, end)


def test_usual_periods_over_the_turn_of_the_year():
    found = preset_periods(date(2026, 2, 14))
    assert found["last_quarter"] == (date(2025, 10, 1), date(2025, 12, 31))
    assert found["month"] == (date(2026, 2, 1), date(2026, 2, 28))
    assert found["last_year"] == (date(2025, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(("amount", "rate", "expected"), [(None, 1, 0), ("10.005", 1, "10.01"), ("100", "7.1234", "712.34")])
def test_amounts_in_company_currency(amount, rate, expected):
    assert in_company_currency(Decimal(amount) if amount else None, Decimal(rate)) == Decimal(expected)


def test_weighted_amounts_are_rounded_to_the_cent():
    assert weighted(Decimal("1200.50"), Decimal(10)) == Decimal("120.05")
    assert weighted(Decimal("0.05"), Decimal(50)) == Decimal("0.03")
