"""Writing the audit: in the same transaction as the change, or not at all."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.models.audit import AuditEntry

Changes = Mapping[str, tuple[Any, Any]]


def plain(value: Any) -> Any:
    """A value as JSON keeps it: ISO dates, decimals as text, choices as keys."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def record_change(
    session: Session, actor: Actor, entity: str, record_id: int | None, action: str, changes: Changes | None = None
) -> AuditEntry:
    """Append one entry; `changes` is {field: (before, after)}."""
    entry = AuditEntry(**_columns(actor, entity, record_id, action, changes or {}))
    session.add(entry)
    return entry


def record_changes(session: Session, actor: Actor, entity: str, action: str, many: Iterable[tuple[int, Changes]]) -> None:
    """Append an entry for each (record id, changes), in one statement."""
    rows = [_columns(actor, entity, record_id, action, changes) for record_id, changes in many]
    if rows:
        session.execute(insert(AuditEntry), rows)


def _columns(actor: Actor, entity: str, record_id: int | None, action: str, changes: Changes) -> dict[str, Any]:
    return {
        "actor_id": actor.id,
        "actor_name": actor.name,
        "source": str(actor.source),
        "entity": entity,
        "record_id": record_id,
        "action": action,
        "changes": {name: [plain(before), plain(after)] for name, (before, after) in changes.items()},
    }
