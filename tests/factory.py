"""Making a valid record of any entity from its fields alone, so that a new entity is attacked without anyone listing it."""

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import count
from typing import Any

from sqlalchemy import select

from app.core.actor import Actor
from app.core.entity import Entity, get_entity
from app.core.errors import Refusal
from app.core.fields import Field, Kind
from app.core.models.record import Attached
from app.core.services.dictionaries import terms
from app.core.services.records import service_of
from app.dataexchange.services.imports import take_in
from app.extensions import db

_serial = count(1)


def value_for(field: Field, mark: str, actor: Actor) -> Any:
    """A valid value that carries the mark wherever text is possible."""
    number = next(_serial)
    if field.kind is Kind.REFERENCE:
        return reference_for(field, mark, actor)
    if field.kind is Kind.CHOICE:
        return field.default or field.choices.options()[0][0]  # type: ignore[union-attr]
    if field.kind is Kind.DICTIONARY:
        return next(iter(terms(db.session(), str(field.dictionary))), None)
    plain: dict[Kind, Any] = {
        Kind.PHONE: f"1390000{number % 10000:04d}",
        Kind.EMAIL: f"{mark.lower()}-{number}@example.com",
        Kind.URL: f"https://{mark.lower()}.example.com/{number}",
        Kind.INTEGER: max(1000 + number % 900, field.minimum or 0),
        Kind.DECIMAL: Decimal(number),
        Kind.MONEY: Decimal(number),
        Kind.PERCENT: Decimal(50),
        Kind.DATE: date(2026, 5, 17),
        Kind.DATETIME: datetime(2026, 5, 17, 9, 30, tzinfo=UTC),
        Kind.BOOLEAN: True,
    }
    if field.kind in plain:
        return plain[field.kind]
    if field.name in {"key", "dictionary", "username"} or (field.name == "name" and field.unique):
        return f"k{number}_{mark.lower().replace('-', '_')}"[: field.max_length]
    return f"{mark}-{field.name}-{number}"[: field.max_length]


def reference_for(field: Field, mark: str, actor: Actor) -> int | None:
    """A record of the field's target that the actor sees; made when there is none."""
    target = get_entity(str(field.target))
    if target.name == "user":
        return actor.id
    found = db.session.scalar(select(target.model.id).order_by(target.model.id).limit(1))
    return found if found is not None else make(target, mark, actor).id


def values_for(entity: Entity, mark: str, actor: Actor, *, everything: bool = False) -> dict[str, Any]:
    """Valid values: the required fields, the searchable texts, or every writable field."""
    wanted = {}
    for name, field in entity.fields.items():
        if field.readonly or name == "owner_id":
            continue
        if everything or field.required or name in entity.search:
            wanted[name] = value_for(field, mark, actor)
    if issubclass(entity.model, Attached):
        wanted |= attached_to(mark, actor)
    return {name: value for name, value in wanted.items() if value is not None and name in entity.fields}


def attached_to(mark: str, actor: Actor) -> dict[str, Any]:
    """A customer of the actor's own to hang things on."""
    customer = get_entity("customer")
    mine = db.session.scalar(select(customer.model.id).where(customer.model.owner_id == actor.id))
    return {"entity": "customer", "record_id": mine}


def upload(_entity: Entity, mark: str, actor: Actor) -> Any:
    """An import, which begins with a file."""
    return take_in(BytesIO(b"name\nfrom a file\n"), f"{mark}.csv", "customer", actor=actor)


# Entities that do not begin with a form.
MAKERS = {"import_job": upload}


def make(entity: Entity, mark: str, actor: Actor) -> Any:
    """A record through the entity's own service; what cannot be made that way is not a public door either."""
    if entity.name in MAKERS:
        return MAKERS[entity.name](entity, mark, actor)
    return service_of(entity).create(values_for(entity, mark, actor), actor=actor)


def try_make(entity: Entity, mark: str, actor: Actor) -> Any | None:
    """A record, or None for entities that only come into being together with others."""
    with suppress(Refusal, NotImplementedError):
        return make(entity, mark, actor)
    return None
