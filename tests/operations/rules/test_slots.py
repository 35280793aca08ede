"""Planned times: which one was missed, and how a schedule is called."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger

from app.operations.rules.schedules import daily_time
from app.operations.rules.slots import missed_slot

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHTLY = CronTrigger.from_crontab("30 2 * * *", timezone="Asia/Shanghai")
NOW = datetime(2026, 5, 10, 9, tzinfo=SHANGHAI)
LONG_AGO = datetime(2020, 1, 1, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "within", "since", "expected"),
    [
        (NOW, timedelta(hours=22), LONG_AGO, datetime(2026, 5, 10, 2, 30, tzinfo=SHANGHAI)),
        (NOW, timedelta(days=5), LONG_AGO, datetime(2026, 5, 10, 2, 30, tzinfo=SHANGHAI)),  # only the latest of several
        (NOW, timedelta(hours=6), LONG_AGO, None),  # too late
        (NOW, timedelta(hours=22), NOW - timedelta(hours=1), None),  # nobody used the system yet
        (datetime(2026, 5, 10, 2, 30, tzinfo=SHANGHAI), timedelta(hours=22), LONG_AGO, datetime(2026, 5, 10, 2, 30, tzinfo=SHANGHAI)),
        (datetime(2026, 5, 10, 2, 29, tzinfo=SHANGHAI), timedelta(hours=22), LONG_AGO, None),
    ],
)
def test_missed_slot(now: datetime, within: timedelta, since: datetime, expected: datetime | None) -> None:
    assert missed_slot(NIGHTLY, now, within, since) == expected


def test_a_night_without_half_past_two() -> None:
    """Clocks go forward over the planned time: the run is not lost."""
    nightly = CronTrigger.from_crontab("30 2 * * *", timezone="Europe/Berlin")
    berlin = ZoneInfo("Europe/Berlin")
    found = missed_slot(nightly, datetime(2026, 3, 29, 9, tzinfo=berlin), timedelta(hours=8), LONG_AGO)
    assert found is not None
    assert found.astimezone(berlin).date() == datetime(2026, 3, 29).date()


@pytest.mark.parametrize(("cron", "said"), [("30 2 * * *", "02:30"), ("5 13 * * *", "13:05"), ("*/5 * * * *", None), ("30 2 * * 1", None)])
def test_daily_time(cron: str, said: str | None) -> None:
    assert daily_time(cron) == said
