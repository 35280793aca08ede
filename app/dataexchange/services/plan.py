"""How the columns of one file become the fields of one entity: decided once for whole columns."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as part
from typing import Any

from app.core.fields import Field, Kind
from app.core.rules.values import read_value
from app.dataexchange.rules.dates import Order
from app.dataexchange.rules.values import ColumnFormat, read_cell
from app.dataexchange.services.references import RecordFinder
from app.dataexchange.services.words import WordFinder

KEPT_READINGS = 5_000  # of one column: stages, days and amounts repeat
LONGEST_KEPT = 60
# What a person may decide of a column: the parts of its format that its cells leave open.
DECISIONS = {
    "date_order": ("ymd", "dmy", "mdy"),
    "decimal_sign": (".", ","),
    "percent_is_fraction": ("fraction", "percent"),
}
# The problem of a cell whose column has left that part open.
LEFT_OPEN = {"date_order_unclear": "date_order", "number_format_unclear": "decimal_sign", "percent_unclear": "percent_is_fraction"}


@dataclass(frozen=True)
class Options:
    """What a person chose for an import, as it is kept with the job."""

    mode: str = "create"
    match: str | None = None
    whole: bool = False
    second_header: bool = True  # the second header row, where there is one, is left out
    create_missing: frozenset[str] = frozenset()
    values: Mapping[str, Mapping[str, Any]] = part(default_factory=dict)  # field → {text: name, key, id, or "" for empty}
    formats: Mapping[str, Mapping[str, str]] = part(default_factory=dict)  # field → {part of the format: decision}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Options":
        known = {name: kept[name] for name in cls.__dataclass_fields__ if name in kept and kept[name] is not None}
        return cls(**known | {"create_missing": frozenset(known.get("create_missing", ()))})


@dataclass
class PlannedColumn:
    """A column of the file that fills a field. `read` answers a typed value; a finder, if any, resolves what it names."""

    index: int
    field: Field
    format: ColumnFormat
    zone: str
    finder: RecordFinder | WordFinder | None = None
    answers: Mapping[str, Any] = part(default_factory=dict)  # folded text → what the person said it means
    readings: dict[Any, Any] = part(default_factory=dict)

    def read(self, cell: Any) -> Any:
        """The typed value of a cell, or one of the two kinds of Unreadable; what is named stays a text."""
        known = self.readings.get(cell, self) if type(cell) is str else self
        if known is not self:
            return known
        if self.finder is not None:
            value = read_cell(cell, Kind.DICTIONARY, self.format)
        else:
            value = read_cell(cell, self.field.kind, self.format)
            if value is not None:
                value = read_value(self.field, value, zone=self.zone)
        if type(cell) is str and len(cell) <= LONGEST_KEPT and len(self.readings) < KEPT_READINGS:
            self.readings[cell] = value
        return value


def decided(found: ColumnFormat, decisions: Mapping[str, str]) -> ColumnFormat:
    """The found format with what a person decided."""
    valid = {name: choice for name, choice in decisions.items() if choice in DECISIONS.get(name, ())}
    if "date_order" in valid:
        found = replace(found, date_order=Order(valid["date_order"]))
    if "decimal_sign" in valid:
        found = replace(found, decimal_sign=valid["decimal_sign"])
    if "percent_is_fraction" in valid:
        found = replace(found, percent_is_fraction=valid["percent_is_fraction"] == "fraction")
    return found


KEPT_PARTS = ("decimal_sign", "date_order", "serial_dates", "percent_is_fraction", "ends_lost")


def kept_format(found: ColumnFormat) -> dict[str, Any]:
    """A format as it is kept with the job, so that the run reads exactly as the check did."""
    return {name: str(value) if isinstance(value := getattr(found, name), Order) else value for name in KEPT_PARTS}


def format_of(kept: Mapping[str, Any]) -> ColumnFormat:
    """The inverse of `kept_format`."""
    return ColumnFormat(**{**kept, "date_order": Order(kept["date_order"]) if kept.get("date_order") else None})


def needs_a_profile(field: Field) -> bool:
    """Whether the cells of a whole column decide how each of them reads."""
    return field.kind in {Kind.TEXT, Kind.PHONE, Kind.REFERENCE, Kind.DATE, Kind.DATETIME} or field.kind.is_number
