"""Which planned times a schedule has had lately."""

from datetime import datetime, timedelta

from apscheduler.triggers.cron import CronTrigger


def missed_slot(trigger: CronTrigger, now: datetime, within: timedelta, since: datetime) -> datetime | None:
    """The latest planned time up to `now` that is neither older than `within` nor before `since`."""
    earliest = max(now - within, since)
    latest = None
    planned = trigger.get_next_fire_time(None, earliest)
    while planned is not None and planned <= now:
        latest, planned = planned, trigger.get_next_fire_time(planned, planned + timedelta(microseconds=1))
    return latest
