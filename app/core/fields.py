"""What the kit knows about a column beyond SQL: label, kind, and how people read and write it."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Numeric, String
from sqlalchemy import Text as LongText
from sqlalchemy.orm import MappedColumn, mapped_column

from app.core.choices import Choice
from app.core.i18n import Text
from app.core.types import ChoiceType, Identifier, Money, UTCDateTime


class Kind(StrEnum):
    """How a value looks to people; decides widget, parser, filter operators and alignment."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    DICTIONARY = "dictionary"
    REFERENCE = "reference"

    @property
    def is_number(self) -> bool:
        return self in {Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.PERCENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an entity. `name` is the column's; `relation` the attribute that holds the referenced record."""

    label: Text
    kind: Kind
    name: str = ""
    required: bool = False
    readonly: bool = False  # shown, never taken from a form, the API or a file
    unique: bool = False
    sortable: bool = True
    personal: bool = False
    help: Text | None = None
    choices: type[Choice] | None = None
    dictionary: str | None = None
    named_set: str | None = None  # keys of a set that is known only at run time: see app.core.named_sets
    listed: bool = True  # offered as a filter; false for bare ids
    target: str | None = None  # entity name of a reference
    max_length: int | None = None
    minimum: Any = None
    maximum: Any = None
    synonyms: tuple[str, ...] = ()  # further header texts an import recognises
    default: Any = None

    @property
    def relation(self) -> str:
        """`customer_id` → `customer`."""
        return self.name.removesuffix("_id")

    def named(self, name: str) -> "Field":
        return replace(self, name=name)


def _column(type_: Any, field: Field, *args: Any, index: bool = False, **kwargs: Any) -> MappedColumn[Any]:
    return mapped_column(
        type_,
        *args,
        nullable=not field.required,
        unique=field.unique or None,
        index=index or None,
        default=field.default,
        info={"field": field},
        **kwargs,
    )


def text(label: Text, length: int = 200, *, kind: Kind = Kind.TEXT, index: bool = False, **options: Any) -> MappedColumn[Any]:
    """A line of text."""
    return _column(String(length), Field(label=label, kind=kind, max_length=length, **options), index=index)


def long_text(label: Text, length: int = 20_000, **options: Any) -> MappedColumn[Any]:
    """Several lines; the length is checked by us, not by the column."""
    return _column(LongText, Field(label=label, kind=Kind.LONG_TEXT, max_length=length, sortable=False, **options))


def phone(label: Text, **options: Any) -> MappedColumn[Any]:
    """A telephone number as people write it."""
    return text(label, 40, kind=Kind.PHONE, index=True, personal=True, **options)


def email(label: Text, **options: Any) -> MappedColumn[Any]:
    """An e-mail address, kept in lower case."""
    return text(label, 254, kind=Kind.EMAIL, index=True, personal=True, **options)


def url(label: Text, **options: Any) -> MappedColumn[Any]:
    """A web address with http or https."""
    return text(label, 500, kind=Kind.URL, **options)


def integer(label: Text, *, minimum: int = 0, maximum: int = 2_000_000_000, **options: Any) -> MappedColumn[Any]:
    """A whole number."""
    return _column(BigInteger, Field(label=label, kind=Kind.INTEGER, minimum=minimum, maximum=maximum, **options))


def percent(label: Text, **options: Any) -> MappedColumn[Any]:
    """0–100, two places."""
    return _column(Numeric(5, 2), Field(label=label, kind=Kind.PERCENT, minimum=0, maximum=100, **options))


def money(label: Text, *, minimum: Any = 0, **options: Any) -> MappedColumn[Any]:
    """An amount with two places, below 10¹⁴."""
    return _column(Money, Field(label=label, kind=Kind.MONEY, minimum=minimum, maximum=99_999_999_999_999, **options))


def date(label: Text, *, index: bool = False, **options: Any) -> MappedColumn[Any]:
    """A calendar day."""
    return _column(Date, Field(label=label, kind=Kind.DATE, **options), index=index)


def moment(label: Text, *, index: bool = False, **options: Any) -> MappedColumn[Any]:
    """A point in time, UTC in the database."""
    return _column(UTCDateTime, Field(label=label, kind=Kind.DATETIME, **options), index=index)


def boolean(label: Text, *, default: bool = False, **options: Any) -> MappedColumn[Any]:
    """Yes or no, never unknown."""
    return _column(Boolean, Field(label=label, kind=Kind.BOOLEAN, required=True, default=default, **options))


def choice(choices: type[Choice], label: Text, *, index: bool = False, **options: Any) -> MappedColumn[Any]:
    """One of a closed set."""
    return _column(ChoiceType(choices), Field(label=label, kind=Kind.CHOICE, choices=choices, **options), index=index)


def dictionary(name: str, label: Text, *, index: bool = False, **options: Any) -> MappedColumn[Any]:
    """The key of a dictionary entry, which administrators maintain."""
    return _column(String(40), Field(label=label, kind=Kind.DICTIONARY, dictionary=name, max_length=40, **options), index=index)


def reference(
    target: str, label: Text, *, table: str | None = None, index: bool = True, use_alter: bool = False, **options: Any
) -> MappedColumn[Any]:
    """The id of another record; declare the relationship of the same name without `_id` beside it."""
    column = ForeignKey(f"{table or target}.id", use_alter=use_alter)
    # ab_user and ab_role count in Integer; the databases want both sides of a key to agree
    type_: Any = None if (table or target).startswith("ab_") else Identifier
    field = Field(label=label, kind=Kind.REFERENCE, target=target, **options)
    args = (column,) if type_ is None else (type_, column)
    return mapped_column(*args, nullable=not field.required, unique=field.unique or None, index=index or None, info={"field": field})
