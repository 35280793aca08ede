"""Which backups stay: the last few, the newest of each day, week and month; never without a good one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

NEWEST, DAILY, WEEKLY, MONTHLY = 3, 7, 4, 12


@dataclass(frozen=True)
class Kept:
    """A backup as far as keeping it is concerned; `good` = it was restored and compared."""

    name: str
    day: date
    good: bool


def expendable(backups: Sequence[Kept]) -> list[Kept]:
    """What may be deleted. Nothing while the newest backup is not good: then every old one may be needed."""
    newest_first = sorted(backups, key=lambda b: (b.day, b.name), reverse=True)
    if not newest_first or not newest_first[0].good:
        return []
    good = [b for b in newest_first if b.good]
    kept = {b.name for b in good[:NEWEST]}  # however many were made by hand today
    for count, period in ((DAILY, _day), (WEEKLY, _week), (MONTHLY, _month)):
        kept |= {b.name for b in _newest_of_each(good, period)[:count]}
    return [b for b in newest_first if b.name not in kept]


def _newest_of_each(newest_first: Sequence[Kept], period: Callable[[date], tuple[int, ...]]) -> list[Kept]:
    seen: dict[tuple[int, ...], Kept] = {}
    for backup in newest_first:
        seen.setdefault(period(backup.day), backup)
    return list(seen.values())


def _day(day: date) -> tuple[int, ...]:
    return (day.year, day.month, day.day)


def _week(day: date) -> tuple[int, ...]:
    return day.isocalendar()[:2]


def _month(day: date) -> tuple[int, ...]:
    return (day.year, day.month)
