"""The funnel by owner, manager, department, product, source, quarter or month: rows with names and the filters they stand for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.choices import Choice
from app.core.entity import get_entity
from app.core.i18n import _, _l
from app.core.services.dictionaries import terms
from app.sales.rules.funnel import Figures, Period, total
from app.sales.services.funnel import FunnelFigures, led_figures
from app.sales.services.selection import Filters, Selection


class Dimension(Choice):
    """What a breakdown goes by."""

    OWNER = "owner", _l("Owner")
    MANAGER = "manager", _l("Manager")
    DEPARTMENT = "department", _l("Department")
    PRODUCT = "product", _l("Product")
    SOURCE = "source", _l("Source")
    QUARTER = "quarter", _l("Quarter")
    MONTH = "month", _l("Month")

    @property
    def is_time(self) -> bool:
        return self in {Dimension.QUARTER, Dimension.MONTH}


@dataclass(frozen=True)
class Part:
    """One row: its name, its figures, and the filters that narrow a list to it."""

    name: str
    figures: Figures
    filters: Filters


@dataclass(frozen=True)
class Split:
    """All rows, and what was closed in all of them together (rows of managers overlap, so it cannot be added up from those)."""

    parts: list[Part]
    closed: Figures


class Breakdown:
    """The figures of a selection, split."""

    def __init__(self, session: Session, actor: Actor, selection: Selection) -> None:
        self.session = session
        self.selection = selection
        self.figures = FunnelFigures(session, actor)

    def by(self, dimension: Dimension) -> Split:
        """Time in its order, everything else with the most won first."""
        found = self._found(dimension)
        make: dict[Dimension, Callable[[], list[Part]]] = {
            Dimension.OWNER: lambda: self._referred("user", "owner_id", found),
            Dimension.MANAGER: lambda: self._led(found),
            Dimension.DEPARTMENT: lambda: self._referred("department", "department_id", found),
            Dimension.PRODUCT: lambda: self._referred("product", "product_id", found),
            Dimension.SOURCE: lambda: self._sources(found),
            Dimension.QUARTER: lambda: _periods(found),
            Dimension.MONTH: lambda: _periods(found),
        }
        parts = make[dimension]()
        if not dimension.is_time:
            parts.sort(key=lambda part: (-part.figures.won_amount, -part.figures.count, part.name))
        return Split(parts, total(found.values()).closed_only)

    def _found(self, dimension: Dimension) -> dict[Any, Figures]:
        figures, selection = self.figures, self.selection
        counted: dict[Dimension, Callable[[Selection], dict[Any, Figures]]] = {
            Dimension.OWNER: figures.by_owner,
            Dimension.MANAGER: figures.by_owner,
            Dimension.DEPARTMENT: figures.by_department,
            Dimension.PRODUCT: figures.by_product,
            Dimension.SOURCE: figures.by_source,
            Dimension.QUARTER: figures.by_quarter,
            Dimension.MONTH: figures.by_month,
        }
        return counted[dimension](selection)

    def _referred(self, entity: str, field: str, found: Mapping[int | None, Figures]) -> list[Part]:
        names = self._names(entity, [key for key in found if key is not None])
        return [
            Part(names.get(key, _("(not visible to you)")), figures, (f"{field}:eq:{key}",))
            if key is not None
            else Part(_("(none)"), figures, (f"{field}:empty",))
            for key, figures in found.items()
        ]

    def _names(self, entity: str, ids: list[int]) -> dict[int, str]:
        model = get_entity(entity).model
        with_deleted = select(model).where(model.id.in_(ids)).execution_options(with_deleted=True)
        return {record.id: str(record) for record in self.session.scalars(with_deleted)}

    def _led(self, by_owner: dict[int | None, Figures]) -> list[Part]:
        user = get_entity("user").model
        managers: dict[int, int | None] = dict(self.session.execute(select(user.id, user.manager_id)).tuples().all())
        led = led_figures(by_owner, managers)
        names = self._names("user", list(led))
        return [Part(names[key], figures, (f"owner_id:led_by:{key}",)) for key, figures in led.items()]

    def _sources(self, by_source: dict[str | None, Figures]) -> list[Part]:
        known = terms(self.session, "source")
        return [
            Part(
                known[key].label if key in known else str(key or _("(none)")), figures, (f"source:eq:{key}",) if key else ("source:empty",)
            )
            for key, figures in by_source.items()
        ]


def _periods(found: Mapping[Period, Figures]) -> list[Part]:
    return [Part(period.label, found[period], (f"closed_on:gte:{period.start}", f"closed_on:lte:{period.end}")) for period in sorted(found)]
