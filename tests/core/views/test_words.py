"""What pages say: no stored keys, no bare ids, the company's clock."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

import config
from app.core.actor import SYSTEM
from app.core.models.dictionary import DictionaryEntry
from app.core.services.audit import record_change
from app.customers.models import Customer


def filter_fields(page: str) -> dict:
    found = re.search(r'<script type="application/json" id="filter-fields"[^>]*>(.*?)</script>', page, re.S)
    return {field["name"]: field for field in json.loads(found[1])}


def test_without_a_zone_of_ones_own_the_company_s_clock_counts(app, client_of, session, world):
    customer = session.get(Customer, world.customers["sales_a1"])
    there = customer.created_at.astimezone(ZoneInfo(app.config["TIMEZONE"]))
    page = client_of("sales_a1").get(f"/customers/{customer.id}").text
    assert f"{there:%Y-%m-%d %H:%M}" in page


@pytest.mark.parametrize("address", ["/activities/", "/tasks/"])
def test_filters_offer_kinds_of_record_in_words_and_no_ids(client_of, address):
    fields = filter_fields(client_of("sales_a1").get(address).text)
    assert "record_id" not in fields
    assert ["customer", "Customer"] in fields["entity"]["options"]
    page = client_of("sales_a1").get(f"{address}?filter=entity:eq:customer").text
    assert "Kind of record is Customer" in page


def test_dictionaries_and_colours_have_names(client_of, session):
    client = client_of("admin")
    page = client.get("/dictionaries/?size=200").text
    assert "Customer · Level" in page
    assert "customer_level" not in page.replace(json.dumps(filter_fields(page)), "").split("</table>")[0].split("<table")[1]
    coloured = session.scalar(select(DictionaryEntry.id).where(DictionaryEntry.color == "red"))
    form = client.get(f"/dictionaries/{coloured}/edit").text
    assert '<option value="red" selected>Red</option>' in form


def test_the_audit_names_records_and_the_system(client_of, session, world):
    customer = session.get(Customer, world.customers["sales_a1"])
    record_change(session, SYSTEM, "customer", customer.id, "update", {"city": (None, "Suzhou")})
    session.commit()
    page = client_of("admin").get("/audit/?entity=customer").text
    assert f">{customer.name}</a>" in page
    assert ">System</span>" in page
    assert ">system<" not in page


def test_a_refused_row_of_a_bulk_action_is_named(client_of, world):
    client = client_of("admin")
    client.post("/departments/bulk/delete", data={"id": world.departments["a1"], "back": "/departments/"})
    assert "“Department a1” was left as it is: People still belong to this department." in client.get("/departments/").text


def test_search_puts_customers_before_what_is_about_them(client_of, world):
    client = client_of("sales_a1")
    client.post("/customers/new", data={"name": "Zephyr Works", "kind": "company", "status": "prospect"})
    client.post("/tasks/new", data={"subject": "Zephyr: call back", "status": "open", "priority": "normal"})
    found = client.get("/search/?q=Zephyr").get_json()
    assert [hit["group"] for hit in found] == ["Customers", "Tasks"]
    assert found[1]["hint"] == ""


def audited_actions() -> Iterator[str]:
    """Every action that the source writes into the audit by name."""
    for path in (Path(config.ROOT) / "app").rglob("*.py"):
        for call in (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)):
            named = [k.value for k in call.keywords if k.arg == "action"]
            placed = call.args[4:5] if getattr(call.func, "id", "") == "record_change" else []
            yield from (str(a.value) for a in (*named, *placed) if isinstance(a, ast.Constant))


def test_every_audited_action_has_a_word(app):
    actions = set(audited_actions())
    assert {"create", "move", "set_roles"} <= actions
    with app.test_request_context():
        word = app.jinja_env.get_template("components/words.html").module.action_word
        assert not [action for action in actions if str(word(action)) == action]
