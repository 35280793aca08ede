"""Exports: the list's records in the list's order, safe to open, complete enough to be imported again."""

import csv
import io
import tracemalloc

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, func, insert, select, update

from app.core.actor import SYSTEM, Source, acting_as
from app.core.database import unit_of_work
from app.core.i18n import force_locale
from app.core.models import AuditEntry
from app.customers.models import Contact, Customer
from app.customers.services.customer import CustomerService
from app.dataexchange.services import imports
from app.security.models import CrmUser

NASTY = '=HYPERLINK("http://evil.example","x")'


def rows_of(response):
    assert response.status_code == 200, response.text
    if response.mimetype == "text/csv":
        return list(csv.reader(io.StringIO(response.get_data().decode("utf-8-sig"))))
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.get_data()))
    return book.get_sheet_by_index(0).to_python()


@pytest.fixture
def add(app, actor_of):
    """Customers of a person."""

    def make(*rows, who="manager_a"):
        actor = actor_of(who)
        with app.app_context(), acting_as(actor), unit_of_work():
            return [CustomerService().create(row, actor=actor).id for row in rows]

    return make


@pytest.fixture
def some(add):
    return add(
        {"name": "Beta", "city": "Wuhan", "annual_revenue": "1234.50", "level": "a", "status": "won", "phone": "+86 138 0013 8000"},
        {"name": "Alpha", "city": "Wuhan", "annual_revenue": "7"},
        {"name": "Gamma", "city": "Wuhan", "level": "b", "remark": NASTY, "next_follow_up_on": "2026-03-01"},
        {"name": "Delta", "city": "Xian"},
    )


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "query", ["filter=city:eq:Wuhan&sort=name", "filter=city:eq:Wuhan&sort=-annual_revenue", "sort=annual_revenue", "q=eta"]
)
def test_the_file_is_the_list(client_of, some, form, query):
    client = client_of("manager_a")
    listed = [row["name"] for row in client.get(f"/api/v1/customers/?{query}&size=200").get_json()["items"]]
    assert listed
    head, *rows = rows_of(client.get(f"/customers/export?{query}&format={form}"))
    assert [row[head.index("Name")] for row in rows] == listed


def test_only_what_one_sees(client_of, some):
    head, *rows = rows_of(client_of("manager_a").get("/customers/export"))
    names = {row[head.index("Name")] for row in rows}
    assert {"Beta", "CNRY-sales_a1-customer"} <= names
    assert "CNRY-sales_b1-customer" not in names
    assert client_of("sales_a1").get("/customers/export").status_code == 403


def test_values_as_people_write_them(client_of, some):
    head, *rows = rows_of(client_of("manager_a").get("/customers/export?filter=city:eq:Wuhan&sort=name"))
    alpha, beta, gamma = (dict(zip(head, row, strict=True)) for row in rows)
    assert (beta["Annual revenue"], beta["Status"], beta["Level"]) == ("1234.50", "Customer", "A · strategic")
    assert beta["Phone"] == "'+86 138 0013 8000"
    assert gamma["Remark"] == "'" + NASTY
    assert (gamma["Next follow-up"], alpha["Next follow-up"]) == ("2026-03-01", "")
    assert beta["Owner"] == "Manager_A Test"


def test_a_workbook_keeps_numbers_and_texts_apart(client_of, some):
    head, *rows = rows_of(client_of("manager_a").get("/customers/export?filter=city:eq:Wuhan&sort=name&format=xlsx"))
    _alpha, beta, gamma = (dict(zip(head, row, strict=True)) for row in rows)
    assert beta["Annual revenue"] == 1234.5
    assert gamma["Remark"] == NASTY  # a text cell, no formula
    assert gamma["Next follow-up"].isoformat() == "2026-03-01"


def test_the_export_is_in_the_audit(client_of, some, session, world):
    client_of("manager_a").get("/customers/export?filter=city:eq:Wuhan")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()
    assert (entry.actor_id, entry.entity, entry.changes["filters"]) == (world.users["manager_a"], "customer", [None, ["city:eq:Wuhan"]])


@pytest.mark.parametrize("query", ["format=exe", "sort=nonsense", "filter=name:eq"])
def test_nonsense_is_refused_and_not_noted(client_of, session, query):
    assert client_of("manager_a").get(f"/customers/export?{query}").status_code == 400
    assert session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == "export")) == 0


KEPT = (
    "name",
    "short_name",
    "kind",
    "status",
    "level",
    "industry",
    "phone",
    "email",
    "city",
    "annual_revenue",
    "employees",
    "founded",
    "external_id",
    "next_follow_up_on",
    "remark",
    "owner_id",
)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_exported_can_be_imported_again(app, client_of, actor_of, add, session, form, language):
    add(
        {"name": "东海贸易 🚢", "short_name": "东海", "level": "a", "industry": "retail", "phone": "+86 138 0013 8000", "email": "a@example.com", "annual_revenue": "99999999999.99"},
        {"name": "-minus, \"quoted\"\nline", "remark": f"{NASTY}\n'tis", "city": "St. John's", "employees": "12", "external_id": "E-1"},
        {"name": "Late", "next_follow_up_on": "2026-03-01", "founded": "1999", "kind": "person", "status": "lost"},
    )  # fmt: skip
    mine = select(*(getattr(Customer, name) for name in KEPT)).where(Customer.name.not_like("CNRY-%")).order_by(Customer.name)
    before = session.execute(mine).all()
    session.execute(update(CrmUser).where(CrmUser.username == "manager_a").values(locale=language))
    exported = client_of("manager_a").get(f"/customers/export?format={form}").get_data()
    person = actor_of("manager_a")
    session.execute(delete(Customer).where(Customer.name.not_like("CNRY-%")))
    with app.app_context(), acting_as(person.through(Source.IMPORT)) as actor, force_locale(language):
        with unit_of_work():
            job_id = imports.take_in(io.BytesIO(exported), f"customers.{form}", "customer", actor=actor).id
        job = imports.check(job_id, actor=actor)
        assert job.failed_count == 0, job.findings
        imports.run(job_id, actor=actor)
    assert session.execute(mine).all() == before


def test_many_rows_come_in_batches(app, client_of, session, world):
    """More rows than one batch, each with its references."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as current:
        current.add_all(
            Contact(
                name=f"Person {n:05d}",
                customer_id=world.customers["sales_a1"],
                owner_id=world.users["sales_a1"],
                department_id=world.departments["a1"],
            )
            for n in range(2500)
        )
    head, *rows = rows_of(client_of("manager_a").get("/contacts/export?q=Person&sort=name"))
    assert len(rows) == 2500
    assert {row[head.index("Customer")] for row in rows} == {"CNRY-sales_a1-customer"}
    assert [row[head.index("Full name")] for row in rows] == sorted(row[head.index("Full name")] for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_list(app, client_of, world, form):
    """Four times as many rows need about as much memory."""
    client = client_of("manager_a")
    people = {
        "customer_id": world.customers["sales_a1"],
        "owner_id": world.users["sales_a1"],
        "department_id": world.departments["a1"],
        "remark": "x" * 500,
    }
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as current:
        current.execute(insert(Contact), [{"name": f"{'Few' if n % 4 == 0 else 'More'} person {n}", **people} for n in range(16_000)])
    peaks = {}
    for what in ("Few", "person"):
        client.get(f"/contacts/export?q=Nobody&format={form}")
        tracemalloc.start()
        answer = client.get(f"/contacts/export?q={what}&format={form}", buffered=False)
        peaks[what] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        answer.close()
    assert peaks["person"] < 1.3 * peaks["Few"]
