"""The incremental clock tells what replaying the events tells."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.support.rules.clock import Clock

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

histories = st.lists(st.tuples(st.sampled_from(["pause", "resume", "stop"]), st.integers(0, 100_000)), max_size=30)


def replayed(events: list[tuple[str, datetime]], until: datetime) -> timedelta:
    """The sum of the stretches in which the clock ran."""
    used, since = timedelta(0), START
    running = True
    for verb, at in events:
        if running and verb != "resume":
            used, running = used + (at - since), False
        elif not running and verb == "resume":
            since, running = at, True
    return used + (until - since) if running else used


@given(histories, st.integers(0, 100_000))
def test_incremental_equals_replay(history: list[tuple[str, int]], wait: int) -> None:
    clock, now, events = Clock(HOUR).start(START), START, []
    for verb, seconds in history:
        now += timedelta(seconds=seconds)
        clock = getattr(clock, verb)(now)
        events.append((verb, now))
    until = now + timedelta(seconds=wait)
    assert clock.used_at(until) == replayed(events, until)
    assert clock.is_breached(until) == (replayed(events, until) > HOUR)


@given(histories)
def test_due_is_the_last_moment_that_is_in_time(history: list[tuple[str, int]]) -> None:
    clock, now = Clock(HOUR).start(START), START
    for verb, seconds in history:
        now += timedelta(seconds=seconds)
        clock = getattr(clock, verb)(now)
    if clock.due is None:
        assert not clock.is_running
    elif clock.due >= now:
        assert not clock.is_breached(clock.due)
        assert clock.is_breached(clock.due + timedelta(microseconds=1))


def test_a_pause_moves_the_due_moment_by_its_length() -> None:
    clock = Clock(HOUR).start(START).pause(START + timedelta(minutes=10))
    assert clock.due is None
    assert clock.resume(START + timedelta(hours=5)).due == START + timedelta(hours=5, minutes=50)


def test_exactly_on_time_is_met() -> None:
    clock = Clock(HOUR).start(START)
    assert not clock.stop(START + HOUR).is_breached(START + 2 * HOUR)
    assert clock.stop(START + HOUR + timedelta(seconds=1)).is_breached(START + 2 * HOUR)


def test_a_stricter_target_counts_what_was_used() -> None:
    clock = Clock(timedelta(hours=24)).start(START)
    later = START + timedelta(hours=9)
    assert not clock.is_breached(later)
    assert clock.retarget(timedelta(hours=4)).is_breached(later)


def test_reopening_goes_on_from_what_was_used() -> None:
    clock = Clock(HOUR).start(START).stop(START + timedelta(minutes=20))
    again = clock.resume(START + timedelta(days=1))
    assert again.left_at(START + timedelta(days=1)) == timedelta(minutes=40)
    assert again.stopped_at is None


@pytest.mark.parametrize(("minutes", "share"), [(0, 0.0), (30, 0.5), (60, 1.0), (90, 1.5)])
def test_share_used(minutes: int, share: float) -> None:
    assert Clock(HOUR).start(START).share_used(START + timedelta(minutes=minutes)) == share
