"""A service-level clock around the clock (24×7): started, paused, resumed, stopped; all moments come from outside."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Clock:
    """What has been used up, and since when it runs; kept incrementally, equal to replaying the events."""

    target: timedelta
    used: timedelta = ZERO
    running_since: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        return self.running_since is not None

    @property
    def due(self) -> datetime | None:
        """When the target will be reached if nothing stops the clock; None while it does not run."""
        return None if self.running_since is None else self.running_since + self.target - self.used

    def used_at(self, moment: datetime) -> timedelta:
        """What has been used until a moment."""
        return self.used if self.running_since is None else self.used + max(ZERO, moment - self.running_since)

    def left_at(self, moment: datetime) -> timedelta:
        """What is left until the target; negative when it has been missed."""
        return self.target - self.used_at(moment)

    def share_used(self, moment: datetime) -> float:
        """Used part of the target, 0 … 1 and beyond."""
        return self.used_at(moment) / self.target if self.target > ZERO else 1.0

    def is_breached(self, moment: datetime) -> bool:
        """Met exactly on time is met; later is not."""
        return self.used_at(moment) > self.target

    def start(self, moment: datetime) -> "Clock":
        """From zero."""
        return replace(self, used=ZERO, running_since=moment, stopped_at=None)

    def pause(self, moment: datetime) -> "Clock":
        """Keep what has been used; pausing twice is pausing once."""
        return self if self.running_since is None else replace(self, used=self.used_at(moment), running_since=None)

    def resume(self, moment: datetime) -> "Clock":
        """Go on with what was used; a running clock goes on as it is."""
        return self if self.running_since is not None else replace(self, running_since=moment, stopped_at=None)

    def stop(self, moment: datetime) -> "Clock":
        """The goal is reached; a later reopening goes on from here."""
        return replace(self.pause(moment), stopped_at=moment)

    def retarget(self, target: timedelta) -> "Clock":
        """Another target for what has already been used."""
        return replace(self, target=target)
