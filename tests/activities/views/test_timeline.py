"""The timeline of a customer: composing, paging, and what strangers get."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.activities.models import Activity, Task
from app.activities.services.activity import ActivityService
from tests.world import World

Clients = Callable[..., FlaskClient]


def url(world: World, whose: str = "sales_a1", what: str = "") -> str:
    return f"/timeline/customer/{world.customers[whose]}" + (f"/{what}" if what else "")


def test_composing_each_kind(client_of: Clients, world: World, session: Any) -> None:
    client = client_of("sales_a1")
    visit = {
        "follow_up-kind": "visit",
        "follow_up-subject": "CNRY visit",
        "follow_up-at": "2026-03-02 17:00",
        "follow_up-next_follow_up_on": "2026-04-01",
    }
    assert client.post(url(world, what="follow_up"), data=visit).status_code == 200
    assert client.post(url(world, what="task"), data={"task-subject": "CNRY task", "task-priority": "high"}).status_code == 200
    page = client.post(url(world, what="note"), data={"note-subject": "CNRY note", "note-body": "Said so."})
    assert all(words in page.text for words in ("CNRY visit", "CNRY task", "CNRY note", "Said so."))
    assert session.scalar(select(Task.owner_id)) == world.users["sales_a1"]


def test_a_bad_value_keeps_what_was_typed(client_of: Clients, world: World, session: Any) -> None:
    typed = {"follow_up-kind": "call", "follow_up-subject": "Kept words", "follow_up-at": "the other day"}
    answer = client_of("sales_a1").post(url(world, what="follow_up"), data=typed)
    assert answer.status_code == 422
    assert "Kept words" in answer.text and "the other day" in answer.text and "field-error" in answer.text
    assert session.scalar(select(func.count()).select_from(Activity)) == 0


def test_strangers_get_nothing_and_write_nothing(client_of: Clients, world: World, session: Any) -> None:
    client = client_of("sales_b1")
    assert client.get(url(world)).status_code == 404
    assert client.post(url(world, what="note"), data={"note-subject": "Spy"}).status_code == 404
    assert client_of("reader").post(url(world, what="note"), data={"note-subject": "Spy"}).status_code == 403
    assert session.scalar(select(func.count()).select_from(Activity)) == 0


def test_pages_join_without_gap_or_double(client_of: Clients, do: Any, world: World) -> None:
    for number in range(45):
        at = f"2026-03-02T09:{number // 3:02d}:00Z"  # three at the same moment each
        do(
            "sales_a1",
            ActivityService,
            "create",
            {"kind": "call", "subject": f"CNRY-{number:02d}.", "at": at, "entity": "customer", "record_id": world.customers["sales_a1"]},
        )
    client, seen, next_url = client_of("sales_a1"), [], url(world)
    while next_url:
        page = client.get(next_url).text
        seen += re.findall(r"CNRY-(\d\d)\.", page)
        found = re.search(r'hx-get="([^"]+after=[^"]+)"', page)
        next_url = found.group(1).replace("&amp;", "&") if found else ""
    assert sorted(seen) == [f"{n:02d}" for n in range(45)]
    assert [int(n) // 3 for n in seen] == sorted((int(n) // 3 for n in seen), reverse=True)


@pytest.mark.parametrize("after", ["nonsense", "W10", "WyIyMDI2LTAxLTAxIiwgInRhc2siLCAxXQ"])
def test_made_up_places(client_of: Clients, world: World, after: str) -> None:
    assert client_of("sales_a1").get(f"{url(world)}?after={after}").status_code == 400


def test_task_lists(client_of: Clients, world: World) -> None:
    client = client_of("sales_a1")
    client.post("/tasks/new", data={"subject": "CNRY overdue", "due_at": "2020-01-01 09:00", "priority": "normal"})
    mine = client.get("/tasks/?filter=owner_id:eq:me&filter=status:eq:open")
    late = client.get("/tasks/?filter=status:eq:open&filter=due_at:lt:now")
    today = client.get("/tasks/?filter=due_at:eq:today")
    assert "CNRY overdue" in mine.text and "CNRY overdue" in late.text and "CNRY overdue" not in today.text
    assert "CNRY overdue" not in client_of("sales_b1").get("/tasks/?filter=status:eq:open").text
