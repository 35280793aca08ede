"""A cell becomes a typed value or a problem, never something else than was meant; what is unclear is decided per column."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from app.core.fields import Kind
from app.core.rules.safety import unguard
from app.core.rules.values import EMAIL, PHONE, URL
from app.dataexchange.rules import dates, numbers
from app.dataexchange.rules.problems import Problem, excerpt, problem

MISSING = frozenset({"", "null", "n/a", "#n/a", "?", "-", "--", "—", "——", "/", "无", "無", "\\n"})
TRUE = frozenset({"true", "1", "yes", "y", "t", "on", "是", "对", "有", "√", "✓", "✔", "真"})
FALSE = frozenset({"false", "0", "no", "n", "f", "off", "否", "错", "无", "無", "×", "假"})
LONG_NUMBER = re.compile(r"\d{16,}")
SPREADSHEET_SHORTENED = re.compile(r"\d\.\d+E\+\d{2,3}", re.IGNORECASE)


class Unreadable(ValueError):
    """The cell is not of its column's kind."""

    def __init__(self, code: str, value: Any) -> None:
        super().__init__(code)
        self.problem: Problem = problem(code, None, value=excerpt(value))


@dataclass(frozen=True, slots=True)
class ColumnFormat:
    """How one column is written. None means undecided: cells that depend on it become problems until a person decides."""

    decimal_sign: str | None = "."
    date_order: dates.Order | None = None
    serial_dates: bool = False
    since_1904: bool = False
    drop_time: bool = False  # a date field takes the day of a moment
    percent_is_fraction: bool | None = False
    ends_lost: bool = False  # long numbers whose ends a spreadsheet program has replaced by zeros
    choices: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] = MISSING


def fold(text: str) -> str:
    """How texts are compared that people type: full width, case and blanks do not matter."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


@lru_cache(maxsize=64)
def _longest(words: frozenset[str]) -> int:
    return max(map(len, words), default=0)


def is_missing(cell: Any, missing: frozenset[str] = MISSING) -> bool:
    """Whether the cell says that there is no value."""
    if not isinstance(cell, str):
        return cell is None
    text = cell.strip()
    return not text or (len(text) <= 2 * _longest(missing) and fold(text) in missing)


def choice_words(options: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """{word: key} from (key, labels in all languages); a word that means two choices means none."""
    owners: dict[str, set[str]] = {}
    for key, labels in options:
        for word in (key, *labels):
            owners.setdefault(fold(word), set()).add(key)
    exact = {fold(key): key for owner in owners.values() for key in owner}
    return {word: keys.pop() for word, keys in owners.items() if len(keys) == 1} | exact


def read_cell(cell: Any, kind: Kind, written: ColumnFormat | None = None) -> Any:
    """The value, None when it is missing, or Unreadable."""
    how = written or ColumnFormat()
    if isinstance(cell, str):
        cell = unguard(cell) if kind in _TEXTS else cell
        if kind is Kind.BOOLEAN and fold(cell) in FALSE:
            return False  # 无 means no here, not missing
        if is_missing(cell, how.missing):
            return None
    if cell is None:
        return None
    read: Callable[[Any, ColumnFormat], Any] = _READERS.get(kind, _read_text)
    return read(cell, how)


def _read_text(cell: Any, how: ColumnFormat) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        try:
            return numbers.number_as_text(cell)
        except ValueError as error:
            raise Unreadable("too_many_digits", format(cell, "g")) from error
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    text = str(cell).strip()
    if SPREADSHEET_SHORTENED.fullmatch(text):
        raise Unreadable("shortened_number", text)
    if how.ends_lost and LONG_NUMBER.fullmatch(text) and not text[numbers.EXACT_DIGITS :].strip("0"):
        raise Unreadable("too_many_digits", text)
    return text


def _read_phone(cell: Any, how: ColumnFormat) -> str:
    if isinstance(cell, bool | date | time | timedelta):
        raise Unreadable("not_a_phone", cell)
    text = unicodedata.normalize("NFKC", _read_text(cell, how))
    if numbers.SHORTENED.fullmatch(text):
        raise Unreadable("shortened_number", text)
    if not PHONE.fullmatch(text):
        raise Unreadable("not_a_phone", text)
    return text


def _read_email(cell: Any, how: ColumnFormat) -> str:
    text = unicodedata.normalize("NFKC", _read_text(cell, how)).removeprefix("mailto:").lower()
    if not EMAIL.fullmatch(text):
        raise Unreadable("not_an_email", text)
    return text


def _read_url(cell: Any, how: ColumnFormat) -> str:
    text = _read_text(cell, how)
    full = text if "://" in text else f"https://{text}"
    if not URL.fullmatch(full) or "." not in full:
        raise Unreadable("not_a_url", text)
    return full


def _read_number(cell: Any, how: ColumnFormat) -> Decimal | None:
    if not isinstance(cell, str):
        try:
            return numbers.from_number(cell)
        except ValueError as error:
            raise Unreadable("not_a_number", cell) from error
    return _read_written_number(cell, how)[0]


def _read_written_number(text: str, how: ColumnFormat) -> tuple[Decimal | None, bool]:
    """The value and whether a per cent sign stood behind it."""
    if how.decimal_sign == "." and (usual := numbers.read_usual(text)) is not None:
        return usual, False
    try:
        parts = numbers.take_apart(text)
    except numbers.ShortenedNumber as error:
        raise Unreadable("shortened_number", text) from error
    except ValueError as error:
        raise Unreadable("not_a_number", text) from error
    if parts is None:
        return None, False
    readings = parts.readings()
    if how.decimal_sign:
        readings = {sign: value for sign, value in readings.items() if sign == how.decimal_sign}
    if not readings:
        raise Unreadable("not_a_number", text)
    if len(set(readings.values())) > 1:
        raise Unreadable("number_format_unclear", text)
    return next(iter(readings.values())), parts.percent


def _read_plain_number(cell: Any, how: ColumnFormat) -> Decimal | None:
    if isinstance(cell, str) and cell.rstrip().endswith(("%", "％")):
        raise Unreadable("not_a_number", cell)
    return _read_number(cell, how)


def _read_integer(cell: Any, how: ColumnFormat) -> int | None:
    value = _read_plain_number(cell, how)
    if value is None:
        return None
    if value != value.to_integral_value():
        raise Unreadable("not_a_whole_number", cell)
    if isinstance(cell, float) and abs(cell) >= 10**numbers.EXACT_DIGITS:
        raise Unreadable("too_many_digits", format(cell, "g"))
    return int(value)


def _read_percent(cell: Any, how: ColumnFormat) -> Decimal | None:
    """On the scale 0–100."""
    value, signed = _read_written_number(cell, how) if isinstance(cell, str) else (_read_number(cell, how), False)
    if value is None or signed or value == 0:
        return value
    if how.percent_is_fraction is None and abs(value) <= 1:
        raise Unreadable("percent_unclear", cell)
    return value * 100 if how.percent_is_fraction else value


def _read_moment(cell: Any, how: ColumnFormat) -> datetime:
    """Without an offset in the text the moment has none; the importer's zone is added by whoever knows it."""
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    try:
        if isinstance(cell, str) and not (how.serial_dates and cell.strip().replace(".", "", 1).isdecimal()):
            parts = dates.take_apart(cell)
            return datetime.combine(dates.resolve(parts, how.date_order), parts.time or time())
        if isinstance(cell, bool | time | timedelta):
            raise ValueError(cell)
        return dates.from_serial(float(cell), since_1904=how.since_1904)
    except dates.Ambiguous as error:
        raise Unreadable("date_order_unclear", cell) from error
    except (ValueError, OverflowError) as error:
        raise Unreadable("not_a_moment", cell) from error


def _read_date(cell: Any, how: ColumnFormat) -> date:
    try:
        moment = _read_moment(cell, how)
    except Unreadable as error:
        raise Unreadable("not_a_date", cell) if error.problem.code == "not_a_moment" else error from error
    if moment.time() != time() and not how.drop_time:
        raise Unreadable("date_has_time", cell)
    return moment.date()


def _read_boolean(cell: Any, _how: ColumnFormat) -> bool:
    word = fold(numbers.number_as_text(cell) if isinstance(cell, float) and cell in (0.0, 1.0) else str(cell))
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise Unreadable("not_yes_or_no", cell)


def _read_choice(cell: Any, how: ColumnFormat) -> str:
    key = how.choices.get(fold(_read_text(cell, how)))
    if key is None:
        raise Unreadable("not_a_choice", cell)
    return key


_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.PHONE, Kind.EMAIL, Kind.URL, Kind.DICTIONARY, Kind.REFERENCE, Kind.CHOICE})
_READERS: dict[Kind, Callable[[Any, ColumnFormat], Any]] = {
    Kind.PHONE: _read_phone,
    Kind.EMAIL: _read_email,
    Kind.URL: _read_url,
    Kind.INTEGER: _read_integer,
    Kind.DECIMAL: _read_plain_number,
    Kind.MONEY: _read_plain_number,
    Kind.PERCENT: _read_percent,
    Kind.DATE: _read_date,
    Kind.DATETIME: _read_moment,
    Kind.BOOLEAN: _read_boolean,
    Kind.CHOICE: _read_choice,
}
