"""Reading values as people and programs write them: one parser for forms, API and files."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from app.core.fields import Field, Kind
from app.core.i18n import Text, _l

EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")
URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
PHONE = re.compile(r"[+()（）\d][\d\s\-()（）.+/*#]{2,38}(?:(?:ext|x|转|#)\.?\s*\d{1,6})?", re.IGNORECASE)
NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
TRUE, FALSE = {"true", "1", "yes", "y", "on", "是", "t"}, {"false", "0", "no", "n", "off", "否", "f", ""}
BIGGEST_ID = 2**63 - 1
BIGGEST_AMOUNT = 10**14  # what the column of a Money holds
DAY = re.compile(r"(\d{4})(?:-(\d\d?)-|/(\d\d?)/|\.(\d\d?)\.|年(\d\d?)月)(\d\d?)日?")
# Control characters, and halves of pairs that only JSON can bring: no database keeps them.
UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Unreadable(ValueError):
    """A value that is not of its field's kind; `sentence` tells the person what is expected."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(str(type(self)))
        self.sentence = sentence


def read_value(field: Field, raw: Any, *, zone: str = "UTC") -> Any:
    """The typed value of `raw` (text, JSON value or already typed), or Unreadable. Empty becomes None."""
    if isinstance(raw, str):
        raw = unicodedata.normalize("NFC", raw).replace("\r\n", "\n")
        raw = raw.strip() if field.kind is not Kind.LONG_TEXT else raw.rstrip()
    if field.kind is Kind.BOOLEAN:
        return _read_boolean(raw)
    if raw is None or raw == "":
        return None
    if field.kind is Kind.DATETIME:
        return _read_moment(raw, zone)
    read: Callable[[Field, Any], Any] = _READERS.get(field.kind, _read_text)
    return read(field, raw)


def _read_text(field: Field, raw: Any) -> str:
    if isinstance(raw, bool | dict | list):
        raise Unreadable(_l("Please enter text."))
    text = str(raw)
    if UNSTORABLE.search(text):
        raise Unreadable(_l("This text contains characters that cannot be stored."))
    if field.max_length and len(text) > field.max_length:
        raise Unreadable(_l("At most %(count)s characters; these are %(length)s.", count=field.max_length, length=len(text)))
    return text


def _read_number(field: Field, raw: Any) -> Decimal:
    if isinstance(raw, bool):
        raise Unreadable(_l("Please enter a number."))
    if isinstance(raw, int | float | Decimal):
        text = str(raw)
    else:
        text = unicodedata.normalize("NFKC", str(raw)).replace(" ", "").lstrip("¥￥$€£")
        if field.kind is Kind.PERCENT:
            text = text.removesuffix("%")
        if not NUMBER.fullmatch(text):
            raise Unreadable(_l("Please enter a number such as 1234.50."))
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        raise Unreadable(_l("Please enter a number such as 1234.50.")) from error
    if not number.is_finite():
        raise Unreadable(_l("Please enter a number such as 1234.50."))
    return _in_range(field, number)


def _in_range(field: Field, number: Decimal) -> Decimal:
    if field.minimum is not None and number < field.minimum:
        raise Unreadable(_l("Must be at least %(limit)s.", limit=field.minimum))
    if field.maximum is not None and number > field.maximum:
        raise Unreadable(_l("Must be at most %(limit)s.", limit=field.maximum))
    return number


def _read_integer(field: Field, raw: Any) -> int:
    number = _read_number(field, raw)
    if number != number.to_integral_value():
        raise Unreadable(_l("Please enter a whole number."))
    return int(number)


def _read_amount(field: Field, raw: Any) -> Decimal:
    number = _read_number(field, raw)
    if abs(number) >= BIGGEST_AMOUNT:
        raise Unreadable(_l("Must be at most %(limit)s.", limit=BIGGEST_AMOUNT - 1))
    if number != number.quantize(Decimal("0.01")):
        raise Unreadable(_l("At most two decimal places."))
    return number.quantize(Decimal("0.01"))


def _read_date(_field: Field, raw: Any) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    written = DAY.fullmatch(unicodedata.normalize("NFKC", str(raw)))
    try:
        found = date(*(int(part) for part in written.groups() if part)) if written else None
    except ValueError:
        found = None  # the 30th of February
    if found is None:
        raise Unreadable(_l("Please enter a date such as 2026-01-31."))
    return _plausible(found)


def _plausible(day: date) -> date:
    if not 1800 <= day.year <= 2200:
        raise Unreadable(_l("Please enter a date between 1800 and 2200."))
    return day


def _read_moment(raw: Any, zone: str) -> datetime:
    """Without an offset the text is in the person's zone."""
    try:
        found = raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw).replace("/", "-"))
        _plausible(found.date())
        local = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
        return local.astimezone(UTC)
    except Unreadable:
        raise
    except (ValueError, OverflowError) as error:
        raise Unreadable(_l("Please enter a date and time such as 2026-01-31 14:30.")) from error


def _read_boolean(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    text = "" if raw is None else str(raw).strip().lower()
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise Unreadable(_l("Please answer yes or no."))


def _read_choice(field: Field, raw: Any) -> Any:
    assert field.choices is not None
    try:
        return field.choices(raw)
    except ValueError as error:
        raise Unreadable(_l("This is not one of the choices.")) from error


def _read_reference(_field: Field, raw: Any) -> int:
    text = str(raw)
    if isinstance(raw, bool) or not text.isascii() or not text.isdigit() or not 0 < int(text[:20]) <= BIGGEST_ID:
        raise Unreadable(_l("This record does not exist, or you may not see it."))
    return int(text)


def _read_email(field: Field, raw: Any) -> str:
    text = _read_text(field, raw).lower()
    if not EMAIL.fullmatch(text):
        raise Unreadable(_l("Please enter an e-mail address such as name@example.com."))
    return text


def _read_phone(field: Field, raw: Any) -> str:
    text = _read_text(field, unicodedata.normalize("NFKC", str(raw)))
    if not PHONE.fullmatch(text):
        raise Unreadable(_l("Please enter a telephone number such as 138 0013 8000 or +49 30 1234567."))
    return text


def _read_url(field: Field, raw: Any) -> str:
    text = _read_text(field, raw)
    if "://" not in text:
        text = f"https://{text}"
    if not URL.fullmatch(text) or "." not in text:
        raise Unreadable(_l("Please enter a web address such as https://example.com."))
    return text


_READERS: dict[Kind, Callable[[Field, Any], Any]] = {
    Kind.INTEGER: _read_integer,
    Kind.DECIMAL: _read_number,
    Kind.MONEY: _read_amount,
    Kind.PERCENT: _read_amount,
    Kind.DATE: _read_date,
    Kind.CHOICE: _read_choice,
    Kind.REFERENCE: _read_reference,
    Kind.EMAIL: _read_email,
    Kind.PHONE: _read_phone,
    Kind.URL: _read_url,
}
