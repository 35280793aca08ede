"""Remote pickers: a few records that match what has been typed, never the table."""

from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.entity import Entity
from app.core.presentation import show

LIMIT = 20


def pick_records(session: Session, entity: Entity, text: str, actor: Actor) -> list[dict[str, Any]]:
    """[{id, text, hint}] of visible records; beginnings of the search fields first."""
    model = entity.model
    statement = select(model).limit(LIMIT)
    text = text.strip()[:100]
    if hasattr(model, "active"):
        statement = statement.where(model.active.is_(True))
    if text:
        columns = [entity.column(name) for name in entity.search]
        begins = or_(*(c.istartswith(text, autoescape=True) for c in columns))
        statement = statement.where(or_(*(c.icontains(text, autoescape=True) for c in columns)))
        statement = statement.order_by(begins.desc(), func.length(columns[0]), model.id)
    else:
        statement = statement.order_by(model.id.desc())
    return [{"id": r.id, "text": str(r), "hint": _hint(entity, r)} for r in session.scalars(statement)]


def _hint(entity: Entity, record: Any) -> str:
    """What tells records of the same name apart."""
    if entity.has_number:
        return str(record.number)
    names = [n for n in entity.search if n not in {"name", "last_name", "first_name", "name_zh", "name_en"}]
    shown = (show(entity.field(n), record) for n in names)
    return next((s.text for s in shown if not s.empty and s.text != str(record)), "")
