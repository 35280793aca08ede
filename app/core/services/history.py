"""The audit in words: values as people know them, not as they are stored."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.entity import Entity, find_entity, get_entity
from app.core.fields import Field, Kind
from app.core.i18n import Text, _
from app.core.models.audit import AuditEntry
from app.core.presentation import EMPTY, show_value
from app.core.rules.values import Unreadable, read_value


@dataclass(frozen=True)
class Change:
    """One field of one entry, before and after as text."""

    label: Text
    before: str
    after: str


def history_of(session: Session, entity: Entity, record_id: int, limit: int = 100) -> list[AuditEntry]:
    """The latest changes of a record that the caller has already been allowed to see."""
    mine = (AuditEntry.entity == entity.name, AuditEntry.record_id == record_id)
    return list(session.scalars(select(AuditEntry).where(*mine).order_by(AuditEntry.id.desc()).limit(limit)))


def changes_in_words(session: Session, entries: Sequence[AuditEntry]) -> dict[int, list[Change]]:
    """{entry id: changes of described fields}; one statement for each kind of referenced record."""
    titles = _titles(session, entries)
    return {entry.id: list(_changes(session, entry, titles)) for entry in entries}


def titles_of(session: Session, entries: Sequence[AuditEntry]) -> dict[tuple[str, int], str]:
    """{(entity, record id): title} of the records that are still there."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.record_id is not None and find_entity(entry.entity) is not None:
            wanted[entry.entity].add(entry.record_id)
    return _load_titles(session, wanted)


def _changes(session: Session, entry: AuditEntry, titles: dict[tuple[str, int], str]) -> list[Change]:
    entity = find_entity(entry.entity)
    if entity is None:
        return []
    found = []
    for name, pair in entry.changes.items():
        field = entity.fields.get(name)
        if field is not None and isinstance(pair, list) and len(pair) == 2:
            found.append(Change(field.label, *(_text(session, field, value, titles) for value in pair)))
    return found


def _text(session: Session, field: Field, stored: Any, titles: dict[tuple[str, int], str]) -> str:
    if stored is None or stored == "":
        return EMPTY
    if field.kind is Kind.REFERENCE:
        return titles.get((str(field.target), int(stored)), _("(not visible to you)"))
    try:
        return show_value(field, read_value(field, stored), session).text
    except Unreadable:
        return str(stored)  # the field has changed its kind since


def _titles(session: Session, entries: Sequence[AuditEntry]) -> dict[tuple[str, int], str]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        entity = find_entity(entry.entity)
        for name, pair in entry.changes.items():
            field = entity.fields.get(name) if entity else None
            if field is not None and field.kind is Kind.REFERENCE and isinstance(pair, list):
                wanted[str(field.target)] |= {int(value) for value in pair if isinstance(value, int)}
    return _load_titles(session, wanted)


def _load_titles(session: Session, wanted: dict[str, set[int]]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for target, ids in wanted.items():
        model = get_entity(target).model
        for record in session.scalars(select(model).where(model.id.in_(ids))):
            found[target, record.id] = str(record)
    return found
