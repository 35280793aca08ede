"""Which opportunities a board or report is about, in the words of list filters: what is counted is what its link opens."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement

from app.core.actor import Actor
from app.core.presentation import list_url
from app.core.services.listing import condition, read_filters
from app.sales.models import OPPORTUNITY

Filters = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Every part is optional; together they narrow."""

    pipeline_id: int | None = None
    owner_id: int | None = None
    manager_id: int | None = None
    department_id: int | None = None
    product_id: int | None = None
    start: date | None = None
    end: date | None = None
    expected_start: date | None = None
    expected_end: date | None = None

    @property
    def base(self) -> Filters:
        """Everything but the period: open opportunities are those of now."""
        parts: list[tuple[str, Any]] = [
            ("pipeline_id:eq", self.pipeline_id),
            ("owner_id:eq", self.owner_id),
            ("owner_id:led_by", self.manager_id),
            ("department_id:under", self.department_id),
            ("product_id:eq", self.product_id),
            ("expected_close:gte", self.expected_start),
            ("expected_close:lte", self.expected_end),
        ]
        return tuple(f"{asked}:{value}" for asked, value in parts if value is not None)

    @property
    def closed(self) -> Filters:
        """Narrowed to those closed in the period, where there is one."""
        return (*self.base, *self._between("closed_on"))

    @property
    def opened(self) -> Filters:
        """Narrowed to those opened in the period, where there is one."""
        return (*self.base, *self._between("opened_on"))

    def _between(self, field: str) -> Filters:
        ends = ((f"{field}:gte", self.start), (f"{field}:lte", self.end))
        return tuple(f"{asked}:{day}" for asked, day in ends if day is not None)


def conditions(filters: Filters, actor: Actor) -> list[ColumnElement[bool]]:
    """The SQL of list filters, made by the lists' own code."""
    return [condition(OPPORTUNITY, asked, actor) for asked in read_filters(OPPORTUNITY, filters)]


def records_url(*filters: str) -> str:
    """The list of exactly the records that these filters count."""
    return list_url(OPPORTUNITY, *filters)
