"""Figures of the funnel: sums over indexes, in the reach of whoever acts, never by loading records."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, extract, func, or_, select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.sales.models import Opportunity, StageKind
from app.sales.rules.funnel import Figures, Period, Spread, total
from app.sales.services.selection import Filters, Selection, conditions

OPEN, WON, LOST = StageKind.OPEN, StageKind.WON, StageKind.LOST
EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class StageSums:
    """What stands in a stage."""

    count: int = 0
    amount: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)

    def __add__(self, other: "StageSums") -> "StageSums":
        return StageSums(self.count + other.count, self.amount + other.amount, self.weighted + other.weighted)


@dataclass(frozen=True, slots=True)
class Way:
    """The open ones by stage, and {(furthest stage ever reached, still open): number} of a cohort."""

    now: dict[int, StageSums]
    furthest: dict[tuple[int | None, bool], int]

    @property
    def open_figures(self) -> Figures:
        """All open ones together."""
        sums = sum(self.now.values(), StageSums())
        return Figures(open_count=sums.count, open_amount=sums.amount, weighted=sums.weighted)


class FunnelFigures:
    """What boards, reports, snapshots and home pages count; a selection's period is about the day of closing."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.session = session
        self.actor = actor

    # -- all together ----------------------------------------------------------
    def summary(self, selection: Selection = EVERYTHING) -> Figures:
        """The figures of a selection."""
        return self._grouped((), selection).get((), Figures())

    # -- by something ----------------------------------------------------------
    def by_owner(self, selection: Selection = EVERYTHING) -> dict[int | None, Figures]:
        return self._by_column(Opportunity.owner_id, selection)

    def by_department(self, selection: Selection = EVERYTHING) -> dict[int | None, Figures]:
        return self._by_column(Opportunity.department_id, selection)

    def by_product(self, selection: Selection = EVERYTHING) -> dict[int | None, Figures]:
        return self._by_column(Opportunity.product_id, selection)

    def by_source(self, selection: Selection = EVERYTHING) -> dict[str | None, Figures]:
        return self._by_column(Opportunity.source, selection)

    def by_month(self, selection: Selection = EVERYTHING) -> dict[Period, Figures]:
        """Closed ones by the month of closing; there is no month for what is still open."""
        columns = (extract("year", Opportunity.closed_on), extract("month", Opportunity.closed_on))
        found = self._grouped(columns, selection, Opportunity.closed_on.is_not(None))
        return {Period(int(year), int(month)): figures for (year, month), figures in found.items()}

    def by_quarter(self, selection: Selection = EVERYTHING) -> dict[Period, Figures]:
        quarters: dict[Period, Figures] = defaultdict(Figures)
        for month, figures in self.by_month(selection).items():
            quarters[month.quarter()] += figures
        return dict(quarters)

    def _by_column(self, column: Any, selection: Selection) -> dict[Any, Figures]:
        return {key[0]: figures for key, figures in self._grouped((column,), selection).items()}

    def _grouped(self, columns: tuple[Any, ...], selection: Selection, *more: ColumnElement[bool]) -> dict[tuple[Any, ...], Figures]:
        where = [*self._now_or_closed(selection), *more]
        sums = (func.count(), func.sum(Opportunity.base_amount), func.sum(Opportunity.weighted_amount))
        statement = select(*columns, Opportunity.status, *sums).where(*where).group_by(*columns, Opportunity.status)
        figures: dict[tuple[Any, ...], Figures] = defaultdict(Figures)
        for *group, status, number, amount, weighted in self.session.execute(statement):
            figures[tuple(group)] += _of_status(status, number, amount or Decimal(0), weighted or Decimal(0))
        for key, spread in self._cycles(columns, where).items():
            figures[key].cycle = spread
        return dict(figures)

    def _cycles(self, columns: tuple[Any, ...], where: Iterable[ColumnElement[bool]]) -> dict[tuple[Any, ...], Spread]:
        """How many won ones took how many days: a few hundred rows however many there are."""
        won = (Opportunity.status == WON, Opportunity.cycle_days.is_not(None))
        grouping = (*columns, Opportunity.cycle_days)
        spreads: dict[tuple[Any, ...], Spread] = defaultdict(Spread)
        for *key, days, number in self.session.execute(select(*grouping, func.count()).where(*where, *won).group_by(*grouping)):
            spreads[tuple(key)].counts[days] += number
        return spreads

    def _now_or_closed(self, selection: Selection) -> list[ColumnElement[bool]]:
        """Open now, or closed in the period."""
        base = conditions(selection.base, self.actor)
        in_period = conditions(selection.closed[len(selection.base) :], self.actor)
        if not in_period:
            return base
        return [*base, or_(Opportunity.status == OPEN, and_(*in_period))]

    # -- stages ----------------------------------------------------------------
    def by_stage(self, filters: Filters) -> dict[int, StageSums]:
        """What stands in each stage now, open or not."""
        sums = (func.count(), func.sum(Opportunity.base_amount), func.sum(Opportunity.weighted_amount))
        statement = select(Opportunity.stage_id, *sums).where(*conditions(filters, self.actor)).group_by(Opportunity.stage_id)
        found = self.session.execute(statement)
        return {stage: StageSums(number, amount or Decimal(0), weighted or Decimal(0)) for stage, number, amount, weighted in found}

    def way(self, selection: Selection) -> Way:
        """Where the open ones stand now, and how far those opened in the period ever came, in one statement."""
        base = conditions(selection.base, self.actor)
        in_period = conditions(selection.opened[len(selection.base) :], self.actor)
        opened = func.sum(case((and_(*in_period), 1), else_=0)) if in_period else func.count()
        grouping = (Opportunity.stage_id, Opportunity.furthest_stage_id, Opportunity.status)
        sums = (func.count(), func.sum(Opportunity.base_amount), func.sum(Opportunity.weighted_amount), opened)
        now: dict[int, StageSums] = defaultdict(StageSums)
        furthest: Counter[tuple[int | None, bool]] = Counter()
        for stage, far, status, number, amount, weighted, cohort in self.session.execute(
            select(*grouping, *sums).where(*base).group_by(*grouping)
        ):
            if status is OPEN:
                now[stage] += StageSums(number, amount or Decimal(0), weighted or Decimal(0))
            furthest[far, status is OPEN] += int(cohort)
        return Way(dict(now), dict(furthest))

    def loss_reasons(self, selection: Selection) -> dict[str | None, tuple[int, Decimal]]:
        """{reason: (number, amount)} of those lost in the period."""
        reason = Opportunity.loss_reason
        where = (*conditions(selection.closed, self.actor), Opportunity.status == LOST)
        statement = select(reason, func.count(), func.sum(Opportunity.base_amount)).where(*where).group_by(reason)
        return {key: (number, amount or Decimal(0)) for key, number, amount in self.session.execute(statement)}


def led_figures(by_owner: dict[int | None, Figures], managers: dict[int, int | None]) -> dict[int, Figures]:
    """By manager: what the manager owns and what the direct reports own, as the filter “has the manager” counts it."""
    leaders = {manager for manager in managers.values() if manager is not None}
    parts: dict[int, list[Figures]] = defaultdict(list)
    for owner, figures in by_owner.items():
        if owner is None:
            continue
        for leader in {managers.get(owner), owner if owner in leaders else None} - {None}:
            parts[leader].append(figures)  # type: ignore[index]
    return {leader: total(found) for leader, found in parts.items()}


def _of_status(status: StageKind, number: int, amount: Decimal, weighted: Decimal) -> Figures:
    if status is OPEN:
        return Figures(open_count=number, open_amount=amount, weighted=weighted)
    if status is WON:
        return Figures(won_count=number, won_amount=amount)
    if status is LOST:
        return Figures(lost_count=number, lost_amount=amount)
    return Figures(invalid_count=number)
