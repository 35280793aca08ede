"""A sales person against the records of another branch, at every address and in every field."""

import json

from app.core.actor import Right
from app.core.entity import entities, get_entity
from app.core.fields import Kind
from tests.attacks.conftest import ATTACKER, MARK, NOWHERE, UNSAFE, address, methods, rules
from tests.factory import values_for

IDS = {"record_id", "attachment_id", "ticket_id", "opportunity_id", "task_id", "run_id"}


def entity_of_rule(rule):
    """The entity in whose addresses a rule lies."""
    path = rule.rule.removeprefix("/api/v1")
    return next((e for e in entities() if path == e.path or path.startswith(f"{e.path}/")), None)


def test_there_is_a_foreign_record_of_every_kind(foreign):
    assert {f.entity.name for f in foreign} >= {"customer", "contact", "opportunity", "lead", "activity", "task", "ticket"}


def test_foreign_ids_answer_like_ids_that_do_not_exist(app, client_of, foreign, fingerprint):
    client, before = client_of(ATTACKER), fingerprint()
    ids = {f.entity.name: f.id for f in foreign}
    tried = 0
    for rule in rules(app):
        entity = entity_of_rule(rule)
        if not IDS & rule.arguments or entity is None or entity.name not in ids:
            continue
        for method in methods(rule):
            body = {"data": {"version": 1, "name": "mine", "stage": 1, "body": "x", "owner_id": 1}} if method in UNSAFE else {}
            if rule.rule.startswith("/api/") and method in UNSAFE:
                body = {"json": {"version": 1}}
            theirs = client.open(address(rule, ids[entity.name]), method=method, **body)
            nothing = client.open(address(rule, NOWHERE), method=method, **body)
            assert theirs.status_code == nothing.status_code, (rule.rule, method, theirs.status_code, nothing.status_code)
            assert theirs.status_code in {403, 404}, (rule.rule, method, theirs.status_code)
            assert MARK not in theirs.text
            tried += 1
    assert tried > 50
    assert fingerprint() == before


def test_bulk_actions_leave_foreign_records_alone(app, client_of, foreign, fingerprint, world):
    client, before = client_of("manager_a"), fingerprint()
    for record in foreign:
        for action in ("delete", "transfer"):
            ids = [record.id, NOWHERE]
            client.post(f"{record.entity.path}/bulk/{action}", data={"id": ids, "owner_id": world.users["sales_a1"]})
    assert fingerprint() == before


def test_no_field_takes_a_foreign_record(app, client_of, foreign, fingerprint, actor_of):
    """By form and by API, in every reference of every entity that the attacker may create."""
    client, ids = client_of(ATTACKER), {f.entity.name: f.id for f in foreign}
    actor = actor_of(ATTACKER)
    before, tried = fingerprint(), 0
    for entity in entities():
        if Right.CREATE not in entity.rights or not actor.may(Right.CREATE, entity.name):
            continue
        for field in entity.references():
            if field.readonly or field.target not in ids:
                continue
            with app.app_context():
                from app.core.actor import acting_as

                with acting_as(actor):
                    values = values_for(entity, "mine", actor) | {field.name: ids[field.target]}
                    from app.extensions import db

                    db.session.remove()
            plain = json.loads(json.dumps(values, default=str))
            for answer in (client.post(f"{entity.path}/new", data=plain), client.post(f"/api/v1{entity.path}/", json=plain)):
                assert answer.status_code in {400, 404, 422}, (entity.name, field.name, answer.status_code)
                assert MARK not in answer.text, (entity.name, field.name)
            tried += 1
    assert tried >= 3
    assert fingerprint() == before


def test_what_is_not_writable_is_not_written(app, client_of, world, fingerprint):
    """Every column of the table that is no writable field, through form and API."""
    client, customer_id = client_of(ATTACKER), world.customers[ATTACKER]
    entity = get_entity("customer")
    writable = {f.name for f in entity.fields.values() if not f.readonly}
    for column in {c.key for c in entity.model.__mapper__.column_attrs} - writable - {"version"}:
        before = fingerprint()
        answer = client.put(f"/api/v1/customers/{customer_id}", json={"version": 1, column: 1})
        assert answer.status_code == 422 or column == "id", (column, answer.status_code)
        assert fingerprint() == before, column


def test_no_list_is_sorted_or_filtered_by_what_is_not_described(client_of):
    client = client_of(ATTACKER)
    for hidden in ("password", "owner.password", "deleted_at", "owner", "__class__", "created_by.password"):
        for path in ("/customers/", "/api/v1/customers/", "/users/", "/api/v1/users/"):
            assert client.get(path, query_string={"sort": hidden}).status_code == 400, (path, hidden)
            assert client.get(path, query_string={"filter": f"{hidden}:eq:x"}).status_code == 400, (path, hidden)


def test_no_page_export_or_api_shows_a_foreign_mark(app, client_of, foreign):
    client = client_of(ATTACKER)
    for rule in rules(app):
        if "GET" in methods(rule) and not IDS & rule.arguments:
            for query in ("", "?size=200", "?q=CNRY", "?format=xlsx"):
                answer = client.get(address(rule) + query)
                assert MARK.encode() not in answer.data.replace(b"sales_b1@example.com", b""), (rule.rule, query)


def test_related_lists_pickers_and_counts_know_nothing_foreign(client_of, foreign, world):
    client = client_of(ATTACKER)
    for entity in entities():
        if Right.VIEW not in entity.rights or not entity.in_menu:
            continue
        answer = client.get(f"{entity.path}/options", query_string={"q": "CNRY"})
        assert MARK not in answer.text, entity.name
    assert client.get("/customers/count", query_string={"q": MARK}).text.strip() == "0"


def test_the_password_hash_is_nowhere(app, client_of):
    client = client_of("admin")
    for rule in rules(app):
        if "GET" in methods(rule):
            assert b"scrypt:" not in client.get(address(rule, 1)).data, rule.rule


def test_all_kinds_of_reference_are_looked_at():
    kinds = {f.kind for e in entities() for f in e.fields.values()}
    assert Kind.REFERENCE in kinds
