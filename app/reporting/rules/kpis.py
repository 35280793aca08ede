"""The key figures: what each is called, how it is put together, and whether a past day can still be counted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from app.core.i18n import Text, _l

WIN_RATE_DAYS = 90
FURTHEST_BACK = timedelta(days=62)


@dataclass(frozen=True)
class Kpi:
    """A key figure. With a denominator it is a quotient times `factor`; `from_history`: the records still tell what it was."""

    key: str
    label: Text
    format: str = "number"
    factor: int | None = None
    from_history: bool = True

    def value(self, numerator: Decimal, denominator: Decimal | None) -> Decimal | None:
        """The figure of its parts."""
        if self.factor is None:
            return numerator
        if not denominator:
            return None
        return (numerator * self.factor / denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)


KPIS = {
    kpi.key: kpi
    for kpi in (
        Kpi("customers", _l("Customers")),
        Kpi("new_customers", _l("New customers")),
        # Amounts and probabilities of yesterday are overwritten by those of today: what is missed cannot be counted later.
        Kpi("open_pipeline", _l("Open pipeline"), "money", from_history=False),
        Kpi("weighted_pipeline", _l("Weighted pipeline"), "money", from_history=False),
        Kpi("won_value", _l("Won value"), "money"),
        Kpi("win_rate", _l("Win rate, 90 days"), "percent", factor=100),
        Kpi("open_tickets", _l("Open tickets")),
        Kpi("resolved_tickets", _l("Resolved tickets")),
        Kpi("first_response_minutes", _l("Minutes to first response"), factor=1),
    )
}


@dataclass(frozen=True)
class Parts:
    """Numerator and denominator of a place; they add up, quotients do not."""

    numerator: Decimal = Decimal(0)
    denominator: Decimal | None = None

    def __add__(self, other: "Parts") -> "Parts":
        both = [d for d in (self.denominator, other.denominator) if d is not None]
        return Parts(self.numerator + other.numerator, sum(both, Decimal(0)) if both else None)


def with_company(by_department: Mapping[int | None, Parts], departments: Iterable[int]) -> dict[int | None, Parts]:
    """Every department, also those with nothing, and the company (None) with what belongs to no department."""
    found: dict[int | None, Parts] = defaultdict(Parts)
    for department in departments:
        found[department] = by_department.get(department, Parts())
    found[None] = sum(by_department.values(), Parts())
    return dict(found)


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a business day and that of the next one, in UTC."""
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def missing_days(known: Iterable[date], last: date, since: date) -> list[date]:
    """The days up to `last` without figures, none before `since` or out of reach, oldest first."""
    earliest = max(since, last - FURTHEST_BACK)
    have = set(known)
    days = ((last - earliest).days + 1) if earliest <= last else 0
    return [day for day in (earliest + timedelta(days=n) for n in range(days)) if day not in have]
