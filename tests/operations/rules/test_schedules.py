"""Schedules in words; what they cannot say stays as it is written."""

import pytest

from app.operations.views.job import schedule_words


@pytest.mark.parametrize(
    ("cron", "words"),
    [("30 2 * * *", "daily at 02:30"), ("*/10 * * * *", "every 10 minutes"), ("0 8 * * 1", "0 8 * * 1"), ("*/10 8 * * *", "*/10 8 * * *")],
)
def test_schedules_are_said_in_words(app, cron, words):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert schedule_words(cron) == words
