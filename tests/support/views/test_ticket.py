"""The page of a ticket."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from app.support.models import TicketStatus
from tests.world import World

Do = Callable[..., Any]
Clients = Callable[..., FlaskClient]


def test_the_page_asks_few_questions_however_long_the_conversation(
    client_of: Clients, do: Do, statements: Callable[..., Any], world: World
) -> None:
    customer = {"customer_id": world.customers["sales_a1"], "contact_id": world.contacts["sales_a1"]}
    ticket = do("service_a", "create", {"subject": "T", "channel": "phone", **customer})
    client = client_of("service_a")
    seen = []
    for words in (1, 30):
        for number in range(words):
            do("service_a", "reply", ticket, f"Line {number}")
        client.get(f"/tickets/{ticket}")
        with statements() as asked:
            assert client.get(f"/tickets/{ticket}").status_code == 200
        seen.append(len(asked))
    assert seen[0] == seen[1] <= 15, asked


def test_only_allowed_moves_are_buttons(client_of: Clients, do: Do, ticket_id: int) -> None:
    client = client_of("service_a")
    waiting = client.get(f"/tickets/{ticket_id}").text
    assert ">Take<" in waiting and 'value="resolved"' not in waiting
    do("service_a", "take", ticket_id)
    do("service_a", "change_state", ticket_id, TicketStatus.IN_PROGRESS)
    working = client.get(f"/tickets/{ticket_id}").text
    assert 'value="resolved"' in working and 'value="pending_customer"' not in working and 'value="cancelled"' not in working
    read_only = client_of("manager_a").get(f"/tickets/{ticket_id}")
    assert read_only.status_code == 200 and "move-resolved" not in read_only.text and "/messages" not in read_only.text


def test_words_of_the_customer_are_words(client_of: Clients, do: Do, ticket_id: int) -> None:
    do("service_a", "take", ticket_id)
    do("service_a", "receive", ticket_id, "<script>alert(1)</script>")
    page = client_of("service_a").get(f"/tickets/{ticket_id}").text
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page


def test_a_ticket_for_another_department_leaves_the_sight_of_its_maker(client_of: Clients, session: Any, world: World) -> None:
    from app.support.models import Queue

    queue = Queue(name_zh="乙", name_en="B", department_id=world.departments["b"])
    session.add(queue)
    session.flush()
    form = {"subject": "For B", "kind": "request", "priority": "p3", "channel": "web", "queue_id": queue.id}
    answer = client_of("service_a").post("/tickets/new", data=form, follow_redirects=True)
    assert answer.status_code == 200 and "has been created" in answer.text and answer.request.path == "/desk/"
