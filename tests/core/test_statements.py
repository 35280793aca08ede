"""How many statements pages may send: counted on every entity, so that no list asks once per row."""

import pytest
from sqlalchemy import event

from app.core.actor import Right
from app.core.entity import entities
from app.extensions import db

FRAME, LIST, FORM, RECORD = 4, 8, 15, 15


@pytest.fixture
def statements(app):
    """Statements sent while a function runs (BEGIN and the like are none)."""

    def counted(call):
        sent = []

        def note(_connection, _cursor, statement, *_rest):
            sent.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            answer = call()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        real = [s for s in sent if not s.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
        assert answer.status_code == 200, answer.status_code
        return real

    return counted


def listed():
    return [e for e in entities() if Right.VIEW in e.rights and e.in_menu]


def test_the_frame(client_of, statements):
    sent = statements(lambda: client_of("sales_a1").get("/preferences/profile"))
    assert len(sent) <= FRAME, sent


@pytest.mark.parametrize("who", ["sales_a1", "manager_a", "admin"])
def test_lists(app, client_of, statements, who):
    for entity in listed():
        client = client_of(who)
        if client.get(f"{entity.path}/").status_code == 200:
            sent = statements(lambda client=client, path=entity.path: client.get(f"{path}/"))
            assert len(sent) <= LIST, (entity.name, len(sent), sent)


def test_forms(client_of, statements):
    client = client_of("admin")
    for entity in listed():
        if Right.CREATE in entity.rights:
            sent = statements(lambda path=entity.path: client.get(f"{path}/new"))
            assert len(sent) <= FORM, (entity.name, len(sent), sent)


def test_record_pages(client_of, statements, world):
    client = client_of("sales_a1")
    sent = statements(lambda: client.get(f"/customers/{world.customers['sales_a1']}"))
    assert len(sent) <= RECORD, sent
