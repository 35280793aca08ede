"""The filter language of lists, links and API: texts `field:operator:value`, all of which must hold."""

from dataclasses import dataclass

from app.core.fields import Field, Kind
from app.core.i18n import Text, _l

OPERATORS: dict[str, Text] = {
    "eq": _l("is"),
    "ne": _l("is not"),
    "in": _l("is one of"),
    "contains": _l("contains"),
    "starts": _l("starts with"),
    "gte": _l("from"),
    "lte": _l("up to"),
    "gt": _l("greater than"),
    "lt": _l("less than"),
    "empty": _l("is empty"),
    "filled": _l("is not empty"),
    "under": _l("is or lies below"),
    "led_by": _l("has the manager"),
}
WITHOUT_VALUE = {"empty", "filled"}

_TEXT = ("contains", "starts", "eq", "ne", "empty", "filled")
_ORDERED = ("eq", "gte", "lte", "gt", "lt", "empty", "filled")
_PICKED = ("eq", "ne", "in", "empty", "filled")


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition as it was asked for; the value is still text."""

    field: str
    operator: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.field}:{self.operator}:{self.value}" if self.value else f"{self.field}:{self.operator}"


def parse_filter(text: str) -> Filter | None:
    """'level:eq:a' → Filter; None when it is not of this shape."""
    parts = text.split(":", 2)
    if len(parts) < 2 or parts[1] not in OPERATORS or (len(parts) == 2 and parts[1] not in WITHOUT_VALUE):
        return None
    return Filter(parts[0], parts[1], parts[2] if len(parts) == 3 else "")


def operators_of(field: Field) -> tuple[str, ...]:
    """What can be asked of a field, the most useful first."""
    if field.kind is Kind.BOOLEAN:
        return ("eq",)
    if field.kind is Kind.REFERENCE:
        tree = {"department": ("under",), "user": ("led_by",)}.get(str(field.target), ())
        return (*_PICKED, *tree)
    if field.kind in {Kind.CHOICE, Kind.DICTIONARY} or field.named_set:
        return _PICKED
    if field.kind.is_number or field.kind in {Kind.DATE, Kind.DATETIME}:
        return _ORDERED
    return _TEXT
