"""Days and moments as people and programs write them; the order of day and month belongs to the column, not to the cell."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from functools import cached_property, lru_cache

CENTURY_TURNS = 69  # 68 is 2068, 69 is 1969
SERIAL_ORIGIN, SERIAL_ORIGIN_1904 = date(1899, 12, 30), date(1904, 1, 1)
SERIALS = range(7_306, 109_575)  # 1920 to 2199: what is outside was never meant as a day
NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
MONTHS = {name: number for number, name in enumerate(NAMES.split("|"), start=1)}
MONTH = rf"(?P<month>{NAMES})[a-z]*\.?"
TIME = re.compile(
    r"(?P<before>上午|下午|[ap]\.?m\.?)?\s*(?P<hour>\d{1,2})[:时點点](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})(?P<fraction>[.,]\d+)?)?[分秒]?"
    r"\s*(?P<after>上午|下午|[ap]\.?m\.?)?\s*(?P<offset>z|utc|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.IGNORECASE,
)
YEAR_FIRST = re.compile(r"(?P<year>\d{4})(?P<mark>[-/.]|\s)(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})")
COMPACT = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})")
CHINESE = re.compile(r"(?P<republic>民国|民國)?\s*(?P<year>\d{2,4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号號]?")
NAMED = (
    re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-\s/.]*{MONTH}[-\s/.,]*(?P<year>\d{{4}}|\d{{2}})", re.IGNORECASE),
    re.compile(rf"{MONTH}[-\s/.]*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[,\s]+(?P<year>\d{{4}})", re.IGNORECASE),
)
TRIPLE = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
WEEKDAY = re.compile(r"\s*(?:星期|周|週|礼拜)[一二三四五六日天]\s*|^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+", re.IGNORECASE)


class Order(StrEnum):
    """In which order day, month and year stand."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


class Ambiguous(ValueError):
    """Several days are meant equally well."""


@dataclass(frozen=True)
class Parts:
    """A written moment: a day that is clear, or three numbers whose order is not; then the time, if any."""

    day: date | None
    triple: tuple[str, str, str] | None
    time: time | None

    @cached_property
    def days(self) -> dict[Order, date]:
        """{order: day} for the orders under which the numbers are a day."""
        if self.triple is None:
            return {}
        found = {}
        for order in Order:
            numbers = dict(zip(order.value, self.triple, strict=True))
            if len(numbers["m"]) > 2 or len(numbers["d"]) > 2 or (order is Order.YMD and len(self.triple[0]) != 2):
                continue
            day = _day(numbers["y"], numbers["m"], numbers["d"])
            if day:
                found[order] = day
        return found


def _day(year: str, month: str, day: str) -> date | None:
    number = int(year)
    if len(year) <= 2:
        number += 1900 if number >= CENTURY_TURNS else 2000
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


@lru_cache(maxsize=20_000)  # the days of a table repeat
def take_apart(text: str) -> Parts:
    """ValueError when this is no day."""
    rest = WEEKDAY.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    for pattern in (YEAR_FIRST, COMPACT, CHINESE, *NAMED):
        match = pattern.match(rest)
        if match:
            day = _clear_day(match)
            if day is None:
                raise ValueError(text)
            return Parts(day, None, _time(rest[match.end() :]))
    match = TRIPLE.match(rest)
    if match is None:
        raise ValueError(text)
    return Parts(None, (match[1], match[3], match[4]), _time(rest[match.end() :]))


def _clear_day(match: re.Match[str]) -> date | None:
    groups = match.groupdict()
    month = str(MONTHS.get(groups["month"].lower(), groups["month"]))
    year = str(int(groups["year"]) + 1911) if groups.get("republic") else groups["year"]
    return None if len(year) == 3 else _day(year, month, groups["day"])


def _time(text: str) -> time | None:
    rest = text.strip(" ,")
    if rest[:1] in "Tt" and rest[1:2].isdigit():
        rest = rest[1:]
    if not rest:
        return None
    match = TIME.fullmatch(rest)
    if match is None:
        raise ValueError(text)
    hour = _hour(int(match["hour"]), (match["before"] or match["after"] or "").lower().replace(".", ""))
    micro = int((match["fraction"] or ".0")[1:7].ljust(6, "0"))
    return time(hour, int(match["minute"]), int(match["second"] or 0), micro, tzinfo=_offset(match["offset"]))


def _hour(hour: int, half: str) -> int:
    if half in ("am", "上午"):
        return hour % 12 if hour <= 12 else 99
    if half in ("pm", "下午"):
        return hour % 12 + 12 if hour <= 12 else hour
    return hour


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text.lower() in ("z", "utc"):
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:] if len(text) > 3 else 0)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def resolve(parts: Parts, order: Order | None) -> date:
    """The day under the column's order; Ambiguous without one unless all orders agree; ValueError for no day."""
    if parts.day:
        return parts.day
    days = parts.days
    if order:
        if order not in days:
            raise ValueError
        return days[order]
    if len(set(days.values())) > 1:
        raise Ambiguous
    if not days:
        raise ValueError
    return next(iter(days.values()))


def from_serial(number: float, *, since_1904: bool = False) -> datetime:
    """A day counted by a spreadsheet program, its fraction being the time."""
    if not SERIALS.start <= number < SERIALS.stop:
        raise ValueError(number)
    days, rest = divmod(number, 1)
    origin = SERIAL_ORIGIN_1904 if since_1904 else SERIAL_ORIGIN
    return datetime.combine(origin, time()) + timedelta(days=int(days), seconds=round(rest * 86_400))


@dataclass(slots=True)
class OrderEvidence:
    """What a column says about the order of its numbers."""

    cells: int = 0
    others: int = 0  # values that are no three numbers
    serials: int = 0
    impossible: dict[Order, int] = field(default_factory=lambda: dict.fromkeys(Order, 0))
    first: set[str] = field(default_factory=set)
    last: set[str] = field(default_factory=set)

    def observe(self, text: str) -> None:
        digits = text.strip().partition(".")[0]
        if len(digits) == 5 and digits.isascii() and digits.isdigit() and int(digits) in SERIALS:
            self.serials += 1
            return
        try:
            parts = take_apart(text)
        except ValueError:
            self.others += 1
            return
        if parts.triple is None:
            self.others += 1
            return
        self.cells += 1
        possible = parts.days
        for order in Order:
            self.impossible[order] += order not in possible
        self.first.add(parts.triple[0])
        self.last.add(parts.triple[2])

    def conclude(self) -> Order | None:
        """The one order under which the column makes sense; None when several do, or none."""
        if not self.cells:
            return None
        fewest = min(self.impossible.values())
        tolerated = 3 * fewest + (3 if fewest else 0)  # a few slips must not overrule hundreds of clear days
        if fewest * 5 > self.cells:
            return None
        viable = {order for order, count in self.impossible.items() if count <= tolerated}
        if Order.YMD in viable and len(viable) > 1 and self.cells >= 5:
            # a year takes few values, a day many
            if len(self.first) >= 3 * len(self.last):
                viable.discard(Order.YMD)
            elif len(self.last) >= 3 * len(self.first):
                viable = {Order.YMD}
        return next(iter(viable)) if len(viable) == 1 else None

    @property
    def are_serials(self) -> bool:
        """Whether the whole column counts days as spreadsheet programs do."""
        return bool(self.serials) and not self.cells and not self.others
