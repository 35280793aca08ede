"""Saying a schedule in words."""

import re

EVERY = re.compile(r"\*/(\d{1,2}) \* \* \* \*")
DAILY = re.compile(r"(\d{1,2}) (\d{1,2}) \* \* \*")


def every_minutes(cron: str) -> int | None:
    """10 of a schedule that runs every ten minutes, else nothing."""
    found = EVERY.fullmatch(cron)
    return int(found[1]) if found else None


def daily_time(cron: str) -> str | None:
    """'02:30' of a schedule that runs once every day, else nothing."""
    found = DAILY.fullmatch(cron)
    return f"{int(found[2]):02}:{int(found[1]):02}" if found else None
