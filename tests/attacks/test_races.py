"""Many at once: nobody gets another one's filters or rows, no number twice, no change silently overwritten."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.core.actor import acting_as
from app.core.database import unit_of_work
from app.customers.models import Customer
from app.customers.services.customer import CustomerService

THREADS = 8


def at_once(work, count):
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(count)))


@pytest.mark.slow
def test_threads_share_no_filters_and_no_rows(client_of):
    """8 threads × 200 requests as two people with two searches: 0 foreign filters or rows."""

    def look(number):
        who = ("sales_a1", "sales_b1")[number % 2]
        text = ("alpha", "beta", "gamma")[number % 3]
        client = client_of(who)
        wrong = 0
        for step in range(200):
            if step % 2:
                page = client.get("/customers/", query_string={"filter": f"city:contains:{text}"}).text
                wrong += any(f"city:contains:{other}" in page for other in {"alpha", "beta", "gamma"} - {text})
            else:
                page = client.get("/api/v1/customers/").text
                wrong += set(re.findall(r"CNRY-(sales_\w\d)-customer", page)) != {who}
        return wrong

    assert sum(at_once(look, THREADS)) == 0


def test_no_number_is_given_twice(app, actor_of, session):
    actor = actor_of("manager_a")

    def create(number):
        with app.app_context(), acting_as(actor), unit_of_work():
            return CustomerService().create({"name": f"Race {number}"}, actor=actor).number

    numbers = at_once(create, 40)
    assert len(set(numbers)) == 40
    assert session.scalar(select(func.count(Customer.id)).where(Customer.name.startswith("Race"))) == 40


def test_of_two_saves_of_one_version_one_wins(client_of, session, world):
    customer_id = world.customers["sales_a1"]

    def save(number):
        data = {"name": f"Saved {number}", "kind": "company", "status": "won", "version": 1}
        return client_of("sales_a1").post(f"/customers/{customer_id}/edit", data=data).status_code

    answers = at_once(save, THREADS)
    assert sorted(answers) == [302] + [409] * (THREADS - 1)
    assert session.get(Customer, customer_id).version == 2
