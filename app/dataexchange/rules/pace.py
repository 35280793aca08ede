"""How fast work goes and how long it will still take."""

from dataclasses import dataclass

ENOUGH = 2.0  # seconds after which a speed means something


@dataclass(frozen=True, slots=True)
class Pace:
    """Rows per second, and the seconds that are left; None while nobody can tell."""

    rate: float | None
    left: float | None


def pace(done: int, before: int, total: int, seconds: float) -> Pace:
    """`before` rows had been done when these seconds began."""
    if seconds < ENOUGH or done <= before:
        return Pace(None, None)
    rate = (done - before) / seconds
    return Pace(rate, max(total - done, 0) / rate if total else None)
