"""The desk and the ticket page in two agents' browsers."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.support.models import TicketStatus
from tests.support.conftest import Watch, ticket_of

Do = Callable[..., Any]
Clients = Callable[..., FlaskClient]


@pytest.fixture
def two_tickets(do: Do) -> tuple[int, int]:
    """One of each department, both waiting."""
    a = do("service_a", "create", {"subject": "CNRY-a-ticket", "channel": "web", "description": "CNRY-a-words"})
    b = do("service_b", "create", {"subject": "CNRY-b-ticket", "channel": "web", "description": "CNRY-b-words"})
    return a, b


@pytest.mark.parametrize("tab", ["mine", "team", "unassigned", "open"])
def test_no_tab_shows_a_foreign_ticket(client_of: Clients, two_tickets: tuple[int, int], do: Do, tab: str) -> None:
    for who, number in (("service_a", 0), ("service_b", 1)):
        if tab == "mine":
            do(who, "take", two_tickets[number])
    page_a = client_of("service_a").get(f"/desk/?tab={tab}").text
    page_b = client_of("service_b").get(f"/desk/?tab={tab}").text
    assert "CNRY-a-ticket" in page_a and "CNRY-b-ticket" not in page_a
    assert "CNRY-b-ticket" in page_b and "CNRY-a-ticket" not in page_b


def test_the_counts_are_of_visible_tickets_only(client_of: Clients, two_tickets: tuple[int, int]) -> None:
    page = client_of("service_a").get("/desk/?tab=unassigned").text
    assert page.count('<span class="tab-count">1</span>') == 3  # team, unassigned, all open
    assert page.count('<span class="tab-count">0</span>') == 1  # my queue


def test_foreign_tickets_cannot_be_touched(client_of: Clients, two_tickets: tuple[int, int], session: Any) -> None:
    _own, foreign = two_tickets
    client = client_of("service_a")
    assert client.get(f"/tickets/{foreign}").status_code == 404
    for path, form in (
        ("take", {}),
        ("messages", {"body": "x"}),
        ("state", {"target": "cancelled", "reason": "x", "version": 1}),
        ("assign", {"owner_id": 1, "version": 1}),
    ):
        assert client.post(f"/tickets/{foreign}/{path}", data=form).status_code == 404
    ticket = ticket_of(session, foreign)
    assert (ticket.status, ticket.owner_id, ticket.version) == (TicketStatus.NEW, None, 1)


def test_the_earliest_due_comes_first(client_of: Clients, do: Do, watch: Watch) -> None:
    do("service_a", "create", {"subject": "CNRY-later", "channel": "web", "priority": "p4"})
    do("service_a", "create", {"subject": "CNRY-sooner", "channel": "web", "priority": "p1"})
    page = client_of("service_a").get("/desk/?tab=unassigned").text
    assert page.index("CNRY-sooner") < page.index("CNRY-later")
    assert "overdue" in page  # the test's clock stands in the past


def test_the_desk_asks_few_questions(client_of: Clients, do: Do, statements: Callable[..., Any]) -> None:
    for number in range(5):
        do("service_a", "create", {"subject": f"Ticket {number}", "channel": "web"})
    client = client_of("service_a")
    client.get("/desk/?tab=open")
    with statements() as few:
        client.get("/desk/?tab=open")
    assert len(few) <= 12, few


def test_two_take_and_the_second_is_told(client_of: Clients, two_tickets: tuple[int, int]) -> None:
    ticket, _foreign = two_tickets
    first = client_of("service_a").post(f"/tickets/{ticket}/take", follow_redirects=True)
    assert "The ticket is yours." in first.text
    second = client_of("admin").post(f"/tickets/{ticket}/take", data={"back": "/desk/"}, follow_redirects=True)
    assert "Somebody else has already taken this ticket." in second.text


def test_a_ticket_is_worked_in_the_browser(client_of: Clients, two_tickets: tuple[int, int], session: Any) -> None:
    ticket_id, _foreign = two_tickets
    client = client_of("service_a")
    client.post(f"/tickets/{ticket_id}/take")
    page = client.post(f"/tickets/{ticket_id}/messages", data={"audience": "public", "body": "We are on it."}, follow_redirects=True)
    assert "We are on it." in page.text and "Resolve" in page.text
    version = ticket_of(session, ticket_id).version
    refused = client.post(f"/tickets/{ticket_id}/state", data={"target": "resolved", "resolution": "Kept words", "version": version})
    assert refused.status_code == 422
    assert "Choose the cause." in refused.text and "Kept words" in refused.text
    done = client.post(
        f"/tickets/{ticket_id}/state",
        data={"target": "resolved", "resolution": "Fixed", "cause": "other", "version": version},
        follow_redirects=True,
    )
    assert done.status_code == 200 and "Resolved" in done.text
    session.expire_all()
    assert ticket_of(session, ticket_id).status is TicketStatus.RESOLVED


def test_a_stale_page_is_told_and_changes_nothing(client_of: Clients, two_tickets: tuple[int, int], session: Any) -> None:
    ticket_id, _foreign = two_tickets
    client = client_of("service_a")
    client.post(f"/tickets/{ticket_id}/take")
    stale = client.post(f"/tickets/{ticket_id}/state", data={"target": "in_progress", "version": 1})
    assert stale.status_code == 409
    assert ticket_of(session, ticket_id).status is TicketStatus.ASSIGNED


@pytest.mark.parametrize("path", ["/desk/?tab=nonsense", "/desk/?after=nonsense", "/desk/?after=W10"])
def test_made_up_addresses(client_of: Clients, path: str) -> None:
    assert client_of("service_a").get(path).status_code == 400


def test_who_may_not_see_tickets_has_no_desk(client_of: Clients) -> None:
    assert client_of("marketer").get("/desk/").status_code == 403
    assert client_of(None).get("/desk/").status_code == 302


def test_chinese(client_of: Clients, two_tickets: tuple[int, int]) -> None:
    client = client_of("service_a", "zh")
    assert client.get("/desk/?tab=open").status_code == 200
    assert client.get(f"/tickets/{two_tickets[0]}").status_code == 200
