"""Taking the demo company away again: exactly what was made, or nothing when people have built upon it."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.entity import entities, get_entity
from app.core.errors import RuleViolation
from app.core.i18n import _l
from app.core.models import AuditEntry
from app.core.models.record import Attached
from app.core.services.audit import record_change
from app.demo.models import DemoRecord
from app.demo.services.company import check_removable
from app.extensions import db
from app.reporting.models import KpiSnapshot
from app.security.models import CrmUser, Department

# Those that refer to others go first.
ORDER = ("ticket", "task", "activity", "lead", "opportunity", "contact", "customer", "product", "queue", "user", "department")
CHUNK = 500
BUILT_UPON = _l("Other records refer to the demo company's records. Delete or change them first.")


def remove_demo(*, actor: Actor) -> dict[str, int]:
    """{entity: how many went}; RuleViolation when something of the people's own hangs on it."""
    session = db.session()
    check_removable(session, actor)
    ids = _remembered(session)
    _refuse_attached(session, ids)
    try:
        _loosen(session, ids)
        _run(session, delete(KpiSnapshot))  # they counted the demo company too; the nightly job counts again
        for name in ORDER:
            _delete(session, name, ids.get(name, []))
        session.execute(delete(DemoRecord))
        session.flush()
    except IntegrityError as error:
        raise RuleViolation(BUILT_UPON) from error
    record_change(session, actor, "demo", None, "remove")
    return {name: len(found) for name, found in ids.items()}


def _remembered(session: Session) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for name, record_id in session.execute(select(DemoRecord.entity, DemoRecord.record_id)):
        found.setdefault(name, []).append(record_id)
    return found


def _refuse_attached(session: Session, ids: dict[str, list[int]]) -> None:
    """The database knows no foreign key for what hangs on any record, so we look ourselves."""
    for attached in entities():
        model: Any = attached.model
        if not issubclass(model, Attached):
            continue
        made_here = select(DemoRecord.record_id).where(DemoRecord.entity == attached.name)
        for name, record_ids in ids.items():
            for chunk in _chunks(record_ids):
                hanging = exists(select(model.id).where(model.entity == name, model.record_id.in_(chunk), model.id.not_in(made_here)))
                if session.scalar(select(hanging)):
                    raise RuleViolation(BUILT_UPON)


def _loosen(session: Session, ids: dict[str, list[int]]) -> None:
    """People and departments refer to each other."""
    for chunk in _chunks(ids.get("department", [])):
        _run(session, update(Department).where(Department.id.in_(chunk)).values(head_id=None, parent_id=None))
    for chunk in _chunks(ids.get("user", [])):
        _run(session, update(CrmUser).where(CrmUser.id.in_(chunk)).values(manager_id=None, department_id=None))


def _delete(session: Session, name: str, ids: Sequence[int]) -> None:
    """Records with their lines and their audit: an id given out again must not find another record's history."""
    entity = get_entity(name)
    lines = [e for e in entities() if (e.model.scope_parent and e.field(e.model.scope_parent).target == name)]
    for chunk in _chunks(ids):
        for line in lines:
            _run(session, delete(line.model).where(line.column(line.model.scope_parent).in_(chunk)))
        _run(session, delete(AuditEntry).where(AuditEntry.entity == name, AuditEntry.record_id.in_(chunk)))
        if name == "user":
            for user in session.scalars(select(CrmUser).where(CrmUser.id.in_(chunk))):
                session.delete(user)  # with the rows that say which roles it had
            session.flush()
        else:
            _run(session, delete(entity.model).where(entity.model.id.in_(chunk)))


def _run(session: Session, statement: Any) -> None:
    session.execute(statement.execution_options(synchronize_session=False, with_deleted=True))


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))
