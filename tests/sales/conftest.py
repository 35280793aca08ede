"""Stages by key, and opportunities of people of the world."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from app.core.actor import SYSTEM, Source, acting_as
from app.core.database import unit_of_work
from app.extensions import db
from app.sales.models import Opportunity
from app.sales.services.opportunity import OpportunityService
from app.sales.services.stages import stages_by_key

IMPORTER = SYSTEM.through(Source.IMPORT)


@pytest.fixture
def stages(app) -> dict[str, int]:
    """{key: id} of the default pipeline."""
    with app.app_context(), acting_as(SYSTEM):
        return stages_by_key(db.session())


@pytest.fixture
def make(app, actor_of, stages) -> Callable[..., int]:
    """A new opportunity of a person; returns its id."""

    def create(who: str = "sales_a1", stage: str = "prospecting", **values: object) -> int:
        actor = actor_of(who)
        values = {"name": f"CNRY-{who}-deal", "stage_id": stages[stage], **values}
        if stage == "lost":
            values.setdefault("loss_reason", "price")
        with app.app_context(), acting_as(actor), unit_of_work():
            return OpportunityService().create(values, actor=actor).id

    return create


@pytest.fixture
def system(app):
    """The product's own session, acting as the import; what is not committed is undone."""
    with app.app_context(), acting_as(IMPORTER):
        yield db.session()
        db.session.rollback()


@pytest.fixture
def read(session) -> Callable[[int], Opportunity]:
    """An opportunity as it is in the database now."""

    def load(record_id: int) -> Opportunity:
        session.expire_all()
        return session.get(Opportunity, record_id)

    return load


@pytest.fixture
def statements(app):
    """Collects the SQL statements of a block."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
                seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return collect
