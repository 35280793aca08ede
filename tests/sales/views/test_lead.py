"""Leads through HTTP: converting one makes everything or nothing."""

import pytest
from sqlalchemy import func, select

from app.customers.models import Contact, Customer
from app.sales.models import Lead, Opportunity


@pytest.fixture
def lead(client_of, session):
    answer = client_of("sales_a1").post(
        "/leads/new", data={"name": "Acme 甲", "person": "Li Lei", "mobile": "13800138000", "city": "上海", "status": "new"}
    )
    return int(answer.location.rsplit("/", 1)[1])


def counts(session):
    return [session.scalar(select(func.count(model.id))) for model in (Customer, Contact, Opportunity)]


def test_conversion_makes_customer_contact_and_opportunity(client_of, session, lead, world):
    client = client_of("sales_a1")
    assert "Li Lei" in client.get(f"/leads/{lead}/convert").text
    answer = client.post(
        f"/leads/{lead}/convert", data={"customer": "new", "with_opportunity": "1", "name": "First order", "amount": "99.50", "version": 1}
    )
    record = session.get(Lead, lead)
    assert (answer.status_code, answer.location) == (302, f"/opportunities/{record.converted_opportunity_id}")
    assert record.status == "converted"
    customer, contact, opportunity = record.converted_customer, record.converted_contact, record.converted_opportunity
    assert (customer.name, customer.city, customer.owner_id) == ("Acme 甲", "上海", world.users["sales_a1"])
    assert (contact.name, contact.mobile, contact.customer_id) == ("Li Lei", "13800138000", customer.id)
    assert (opportunity.name, str(opportunity.amount), opportunity.customer_id, opportunity.contact_id) == (
        "First order",
        "99.50",
        customer.id,
        contact.id,
    )


def test_conversion_into_a_customer_that_is_there(client_of, session, lead, world):
    before = counts(session)
    answer = client_of("sales_a1").post(
        f"/leads/{lead}/convert", data={"customer": "existing", "customer_id": world.customers["sales_a1"], "version": 1}
    )
    assert answer.location == f"/customers/{world.customers['sales_a1']}"
    assert counts(session) == [before[0], before[1] + 1, before[2]]


@pytest.mark.parametrize(
    "data",
    [
        {"customer": "existing", "version": 1},
        {"customer": "new", "with_opportunity": "1", "name": "x", "amount": "a lot", "version": 1},
        {"customer": "new", "with_opportunity": "1", "name": "x", "stage_id": "424242", "version": 1},
    ],
)
def test_a_refused_conversion_leaves_nothing_behind(client_of, session, lead, data):
    before = counts(session)
    answer = client_of("sales_a1").post(f"/leads/{lead}/convert", data=data)
    assert answer.status_code == 422
    assert counts(session) == before
    assert session.get(Lead, lead).status == "new"


def test_a_foreign_customer_cannot_be_joined(client_of, session, lead, world):
    before = counts(session)
    data = {"customer": "existing", "customer_id": world.customers["sales_b1"], "version": 1}
    assert client_of("sales_a1").post(f"/leads/{lead}/convert", data=data).status_code == 404
    assert counts(session) == before


def test_a_lead_is_converted_once(client_of, session, lead):
    client, data = client_of("sales_a1"), {"customer": "new", "version": 1}
    assert client.post(f"/leads/{lead}/convert", data=data).status_code == 302
    before = counts(session)
    client.post(f"/leads/{lead}/convert", data={**data, "version": 2})
    assert counts(session) == before
    assert client.put(f"/api/v1/leads/{lead}", json={"version": 2, "status": "new"}).status_code == 422


def test_what_becomes_of_a_team_members_lead_belongs_to_the_member(client_of, session, lead, world):
    client_of("manager_a").post(f"/leads/{lead}/convert", data={"customer": "new", "with_opportunity": "1", "name": "x", "version": 1})
    record = session.get(Lead, lead)
    assert {record.converted_customer.owner_id, record.converted_contact.owner_id, record.converted_opportunity.owner_id} == {
        world.users["sales_a1"]
    }


def test_only_those_who_reach_it_convert(client_of, session, lead):
    for who, status in (("sales_b1", 404), ("reader", 403), ("service_a", 403)):
        assert client_of(who).post(f"/leads/{lead}/convert", data={"customer": "new", "version": 1}).status_code == status
    assert session.get(Lead, lead).status == "new"
