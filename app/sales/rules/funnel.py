"""The formulas of the funnel. Each is shown on the report in the words of FORMULAS."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from app.core.i18n import Text, _l

NOTHING = Decimal(0)

FORMULAS: dict[str, tuple[Text, Text]] = {
    "weighted": (_l("Weighted amount"), _l("Sum over open opportunities of amount × probability ÷ 100, each in the company's currency.")),
    "win_rate": (_l("Win rate"), _l("Won ÷ (won + lost), both closed in the period. Invalid ones are left out.")),
    "win_rate_by_amount": (_l("Win rate by amount"), _l("Won amount ÷ (won amount + lost amount).")),
    "average_won": (_l("Average won amount"), _l("Won amount ÷ number won.")),
    "cycle": (
        _l("Sales cycle"),
        _l("Days from opening to closing of the won ones; mean and median. Those without an opening day are left out."),
    ),
    "conversion": (
        _l("Conversion"),
        _l(
            "Of the opportunities opened in the period that ever reached a stage, the share that went on to a later one or was won. Skipped stages count as passed, coming back counts once, and those still open are shown apart."
        ),
    ),
}


def share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Part of a whole in percent, two places; None where there is nothing to divide by."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass
class Spread:
    """How often each number of days occurred."""

    counts: Counter[int] = field(default_factory=Counter)

    @property
    def number(self) -> int:
        return self.counts.total()

    @property
    def mean(self) -> Decimal | None:
        if not self.number:
            return None
        total = sum(days * times for days, times in self.counts.items())
        return (Decimal(total) / self.number).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def median(self) -> Decimal | None:
        """The middle one; between two middle ones, half-way."""
        if not self.number:
            return None
        middle = ((self.number - 1) // 2, self.number // 2)
        return Decimal(sum(self._at(place) for place in middle)) / 2

    def _at(self, place: int) -> int:
        for days in sorted(self.counts):
            place -= self.counts[days]
            if place < 0:
                return days
        raise IndexError(place)

    def __add__(self, other: "Spread") -> "Spread":
        return Spread(self.counts + other.counts)


@dataclass
class Figures:
    """Numbers and sums of some opportunities; everything else follows from them."""

    open_count: int = 0
    open_amount: Decimal = NOTHING
    weighted: Decimal = NOTHING
    won_count: int = 0
    won_amount: Decimal = NOTHING
    lost_count: int = 0
    lost_amount: Decimal = NOTHING
    invalid_count: int = 0
    cycle: Spread = field(default_factory=Spread)

    @property
    def closed_count(self) -> int:
        return self.won_count + self.lost_count + self.invalid_count

    @property
    def count(self) -> int:
        return self.open_count + self.closed_count

    @property
    def win_rate(self) -> Decimal | None:
        return share(self.won_count, self.won_count + self.lost_count)

    @property
    def win_rate_by_amount(self) -> Decimal | None:
        return share(self.won_amount, self.won_amount + self.lost_amount)

    @property
    def average_won(self) -> Decimal | None:
        if not self.won_count:
            return None
        return (self.won_amount / self.won_count).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def closed_only(self) -> "Figures":
        """Without what is still open."""
        return replace(self, open_count=0, open_amount=NOTHING, weighted=NOTHING)

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})


@dataclass(frozen=True)
class Passage:
    """How a cohort fared at one stage; `later` are the stages that count as having gone on."""

    stage: int
    reached_at: tuple[int, ...]
    later: tuple[int, ...]
    reached: int
    advanced: int
    undecided: int
    dropped: int

    @property
    def rate(self) -> Decimal | None:
        return share(self.advanced, self.reached)

    @property
    def undecided_share(self) -> Decimal | None:
        return share(self.undecided, self.reached)


def passages(open_stages: Sequence[int], won_stages: Sequence[int], furthest: Mapping[tuple[int | None, bool], int]) -> list[Passage]:
    """The way of a cohort through the stages; `furthest` is {(furthest stage, still open): number}."""
    way = [*open_stages, *won_stages]
    by_stage: Counter[int | None] = Counter()
    for (stage, _is_open), number in furthest.items():
        by_stage[stage] += number
    found = []
    for place, stage in enumerate(open_stages):
        later = tuple(way[place + 1 :])
        advanced = sum(by_stage[s] for s in later)
        undecided = furthest.get((stage, True), 0)
        dropped = furthest.get((stage, False), 0)
        found.append(Passage(stage, tuple(way[place:]), later, advanced + undecided + dropped, advanced, undecided, dropped))
    return found


@dataclass(frozen=True, order=True)
class Period:
    """A calendar month, or a quarter of three."""

    year: int
    month: int
    months: int = 1

    @property
    def start(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        """The last day."""
        return first_of_month(self.year, self.month + self.months) - timedelta(days=1)

    @property
    def label(self) -> str:
        return f"{self.year} Q{(self.month + 2) // 3}" if self.months == 3 else f"{self.year}-{self.month:02d}"

    def quarter(self) -> "Period":
        return Period(self.year, (self.month - 1) // 3 * 3 + 1, 3)


def first_of_month(year: int, month: int) -> date:
    """The first day of a month, where month 13 is the next January and month 0 the last December."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def preset_periods(today: date) -> dict[str, tuple[date, date]]:
    """{key: (first day, last day)} of the periods people ask for most."""
    quarter = Period(today.year, today.month).quarter()
    before = first_of_month(today.year, quarter.month - 3)
    spans = {
        "month": Period(today.year, today.month),
        "quarter": quarter,
        "last_quarter": Period(before.year, before.month, 3),
        "year": Period(today.year, 1, 12),
        "last_year": Period(today.year - 1, 1, 12),
    }
    return {key: (span.start, span.end) for key, span in spans.items()}


def total(parts: Iterable[Figures]) -> Figures:
    """All parts together."""
    return sum(parts, Figures())
