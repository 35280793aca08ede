"""Saying a schedule in words."""

import re

DAILY = re.compile(r"(\d{1,2}) (\d{1,2}) \* \* \*")


def daily_time(cron: str) -> str | None:
    """'02:30' of a schedule that runs once every day, else nothing."""
    found = DAILY.fullmatch(cron)
    return f"{int(found[2]):02}:{int(found[1]):02}" if found else None
