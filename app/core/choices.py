"""Closed sets whose members carry a label in the user's language and a colour."""

from enum import Enum
from typing import Any, Self

from app.core.i18n import Text


class Choice(str, Enum):
    """`MEMBER = "key", _l("Label"), "colour"`; the key is what is stored and what the API speaks."""

    label: Text
    color: str

    def __new__(cls, key: str, label: Text = "", color: str = "secondary") -> Self:
        member = str.__new__(cls, key)
        member._value_ = key
        member.label = label
        member.color = color
        return member

    def __str__(self) -> str:
        return str(self._value_)

    @classmethod
    def options(cls) -> list[tuple[str, Text]]:
        """[(key, label)] in the order of declaration."""
        return [(str(member.value), member.label) for member in cls]

    def __format__(self, spec: str) -> str:
        return format(str(self._value_), spec)

    @classmethod
    def _missing_(cls, value: Any) -> None:
        return None
