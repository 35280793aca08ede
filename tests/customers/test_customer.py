"""Customers through the pages: what a sales person can do, and what is refused without a trace."""

from sqlalchemy import func, select

from app.core.models import AuditEntry
from app.customers.models import Contact, Customer


def test_a_sales_person_creates_changes_and_deletes(client_of, session):
    client = client_of("sales_a1")
    answer = client.post("/customers/new", data={"name": "Acme 甲", "kind": "company", "status": "prospect", "phone": "13900001111"})
    assert answer.status_code == 302
    page = answer.location
    customer = session.scalar(select(Customer).where(Customer.name == "Acme 甲"))
    assert customer.number.startswith("C")
    assert "Acme 甲" in client.get(page).text

    changed = client.post(f"{page}/edit", data={"name": "Acme 乙", "kind": "company", "status": "won", "version": customer.version})
    assert changed.status_code == 302
    session.expire_all()
    assert (customer.name, customer.status) == ("Acme 乙", "won")
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.entity == "customer", AuditEntry.record_id == customer.id))
    assert list(actions) == ["create", "update"]


def test_a_stale_version_saves_nothing_and_shows_both(client_of, session, world):
    client = client_of("sales_a1")
    url, customer_id = f"/customers/{world.customers['sales_a1']}/edit", world.customers["sales_a1"]
    first = client.post(url, data={"name": "First wins", "kind": "company", "status": "won", "version": 1})
    second = client.post(url, data={"name": "Second is late", "kind": "company", "status": "lost", "version": 1})
    assert (first.status_code, second.status_code) == (302, 409)
    assert "First wins" in second.text
    assert "Second is late" in second.text
    assert session.get(Customer, customer_id).name == "First wins"


def test_bad_input_keeps_what_was_typed_and_writes_nothing(client_of, session):
    before = session.scalar(select(func.count(Customer.id)))
    bad = {"name": "", "kind": "company", "status": "prospect", "email": "not-an-address", "founded": "long ago", "annual_revenue": "1.234"}
    answer = client_of("sales_a1").post("/customers/new", data=bad)
    assert answer.status_code == 422
    for text in ("not-an-address", "long ago", "1.234", "This field is required.", "Please enter an e-mail address"):
        assert text in answer.text
    assert session.scalar(select(func.count(Customer.id))) == before


def test_foreign_records_do_not_exist(client_of, session, world):
    client, foreign = client_of("sales_a1"), world.customers["sales_b1"]
    for method, url in (("get", f"/customers/{foreign}"), ("get", f"/customers/{foreign}/edit"), ("get", f"/customers/{foreign}/history")):
        assert getattr(client, method)(url).status_code == 404
    for url in (f"/customers/{foreign}/edit", f"/contacts/{world.contacts['sales_b1']}/edit"):
        assert client.post(url, data={"name": "mine now", "version": 1}).status_code == 404
    taken = client.post("/contacts/new", data={"name": "Trojan", "customer_id": foreign})
    assert taken.status_code == 422
    assert session.get(Customer, foreign).name == "CNRY-sales_b1-customer"
    assert session.scalar(select(Contact).where(Contact.name == "Trojan")) is None


def test_a_manager_sees_the_branch_and_not_the_other(client_of):
    text = client_of("manager_a").get("/customers/").text
    assert "CNRY-sales_a1-customer" in text
    assert "CNRY-sales_a2-customer" in text
    assert "CNRY-sales_b1" not in text


def test_a_new_owner_takes_the_contacts_along(client_of, session, world):
    target = world.users["sales_a2"]
    answer = client_of("manager_a").post("/customers/bulk/transfer", data={"id": [world.customers["sales_a1"]], "owner_id": target})
    assert answer.status_code == 302
    assert session.get(Customer, world.customers["sales_a1"]).owner_id == target
    assert session.get(Contact, world.contacts["sales_a1"]).owner_id == target
