"""What a whole column says about how it is written: one pass over all cells in flat memory, then a verdict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.fields import Kind
from app.dataexchange.rules.dates import OrderEvidence
from app.dataexchange.rules.numbers import EXACT_DIGITS, DecimalEvidence
from app.dataexchange.rules.values import LONG_NUMBER, MISSING, ColumnFormat, Unreadable, fold, is_missing, read_cell

UNDECIDED_CODES = ("number_format_unclear", "percent_unclear", "date_order_unclear")
DATES = {Kind.DATE, Kind.DATETIME}
TEXTS = {Kind.TEXT, Kind.PHONE, Kind.DICTIONARY, Kind.REFERENCE}


@dataclass(slots=True)
class ColumnProfile:
    """Feed every cell of a column of that kind to `observe`, then `conclude`."""

    kind: Kind
    missing: frozenset[str] = MISSING
    seen: int = 0
    absent: int = 0
    decimals: DecimalEvidence = field(default_factory=DecimalEvidence.none)
    orders: OrderEvidence = field(default_factory=OrderEvidence)
    small_percents: int = 0  # plain numbers up to one, neither clearly a fraction nor clearly a percentage
    large_percents: int = 0
    long_numbers: int = 0
    zero_ends: int = 0

    def observe(self, cell: Any) -> None:
        self.seen += 1
        if is_missing(cell, self.missing):
            self.absent += 1
            return
        if self.kind is Kind.PERCENT:
            self._observe_percent(cell)
        if not isinstance(cell, str):
            return
        if self.kind.is_number:
            self.decimals.observe(cell)
        elif self.kind in DATES:
            self.orders.observe(cell)
        elif self.kind in TEXTS and LONG_NUMBER.fullmatch(cell.strip()):
            self.long_numbers += 1
            self.zero_ends += not cell.strip()[EXACT_DIGITS:].strip("0")

    def _observe_percent(self, cell: Any) -> None:
        if isinstance(cell, str) and cell.rstrip().endswith(("%", "％")):
            return
        try:
            value = read_cell(cell, Kind.DECIMAL, ColumnFormat(missing=self.missing))
        except Unreadable:
            return
        if value:
            self.small_percents += abs(value) <= 1
            self.large_percents += abs(value) > 1

    def conclude(self, choices: Mapping[str, str] | None = None) -> ColumnFormat:
        """The format; what the column leaves open stays undecided."""
        return ColumnFormat(
            decimal_sign=self.decimals.conclude(),
            date_order=self.orders.conclude(),
            serial_dates=self.orders.are_serials,
            percent_is_fraction=None if self.small_percents and not self.large_percents else False,
            ends_lost=bool(self.zero_ends) and 2 * self.zero_ends >= self.long_numbers,
            choices=choices or {},
            missing=self.missing,
        )


GUESSES = (Kind.BOOLEAN, Kind.INTEGER, Kind.DECIMAL, Kind.PERCENT, Kind.DATE, Kind.DATETIME, Kind.EMAIL, Kind.URL, Kind.PHONE)
MOSTLY = 0.9
FEWEST_PHONE_DIGITS = 7


def infer_kind(cells: Iterable[Any], missing: frozenset[str] = MISSING) -> Kind:
    """What a column seems to hold, for showing and suggesting: the narrowest kind that nine of ten values fit."""
    values = [cell for cell in cells if not is_missing(cell, missing)]
    if not values:
        return Kind.TEXT
    for kind in GUESSES:
        if kind is Kind.URL and not any("://" in str(v) or str(v).lower().startswith("www.") for v in values):
            continue
        if kind is Kind.BOOLEAN and len({fold(str(value)) for value in values}) > 2:
            continue
        if kind.is_number and _have_leading_zeros(values):
            continue  # codes: 05021 is not 5021
        format_ = _format_for_guess(kind, values, missing)
        if sum(_fits(value, kind, format_) for value in values) >= MOSTLY * len(values):
            return kind
    return Kind.TEXT


def _have_leading_zeros(values: list[Any]) -> bool:
    return any(isinstance(value, str) and len(value) > 1 and value.isdigit() and value.startswith("0") for value in values)


def _format_for_guess(kind: Kind, values: list[Any], missing: frozenset[str]) -> ColumnFormat:
    profile = ColumnProfile(kind, missing)
    for value in values:
        profile.observe(value)
    return profile.conclude()


def _fits(value: Any, kind: Kind, format_: ColumnFormat) -> bool:
    if kind in DATES and isinstance(value, int | float):
        return False
    if kind.is_number and isinstance(value, str) and len(value) >= EXACT_DIGITS - 4 and value.isdigit():
        return False  # telephone numbers and ids
    if kind is Kind.PHONE and sum(character.isdigit() for character in str(value)) < FEWEST_PHONE_DIGITS:
        return False
    try:
        read_cell(value, kind, format_)
    except Unreadable as error:
        return error.problem.code in UNDECIDED_CODES
    return True
