"""Records as the API speaks them: plain JSON with stable keys."""

from typing import Any

from app.core.entity import Entity
from app.core.fields import Kind
from app.core.services.audit import plain


def as_json(entity: Entity, record: Any) -> dict[str, Any]:
    """{id, version, field: value, relation: {id, title}} of the described columns only."""
    body: dict[str, Any] = {"id": record.id, "version": getattr(record, "version", 1)}
    for field in entity.fields.values():
        value = getattr(record, field.name)
        body[field.name] = plain(value)
        if field.kind is Kind.REFERENCE:
            related = getattr(record, field.relation) if value is not None else None
            body[field.relation] = {"id": related.id, "title": str(related)} if related is not None else None
    return body
