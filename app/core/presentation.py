"""How values look: one place for lists, records, exports, histories and pickers."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask_babel import format_date, format_datetime, format_decimal
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from app.core.actor import Right, current_actor
from app.core.choices import Choice
from app.core.entity import Entity, get_entity
from app.core.fields import Field, Kind
from app.core.i18n import _
from app.core.named_sets import words_of
from app.core.services.dictionaries import terms
from app.extensions import db

EMPTY = "—"


@dataclass(frozen=True)
class Shown:
    """A value for people: its text, and where the template may lead or how it may colour it."""

    text: str
    kind: str = "text"
    url: str | None = None
    color: str | None = None
    empty: bool = False

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> Markup:
        return escape(self.text)


def show(field: Field, record: Any, session: Session | None = None) -> Shown:
    """The shown value of a field of a record; references must have been loaded."""
    value = getattr(record, field.name)
    if field.kind is Kind.REFERENCE:
        return _show_reference(field, value, record)
    return show_value(field, value, session)


def show_value(field: Field, value: Any, session: Session | None = None) -> Shown:
    """A value on its own (no reference)."""
    if value is None or value == "":
        return Shown(EMPTY, str(field.kind), empty=True)
    if field.kind is Kind.DICTIONARY:
        term = terms(session or db.session(), str(field.dictionary)).get(value)
        return Shown(term.label if term else str(value), "pill" if term and term.color else "text", color=term.color if term else None)
    if field.named_set:
        return Shown(words_of(field).get(value, str(value)))
    if isinstance(value, Choice):
        return Shown(str(value.label), "pill", color=value.color)
    if field.kind is Kind.BOOLEAN:
        return Shown(_("Yes") if value else _("No"), "boolean", color="green" if value else "secondary")
    link = {Kind.EMAIL: f"mailto:{value}", Kind.PHONE: f"tel:{value}", Kind.URL: value}.get(field.kind)
    return Shown(plain_text(field, value), str(field.kind), url=link)


def plain_text(field: Field, value: Any) -> str:
    """A value as text by the rules of the current language."""
    if isinstance(value, datetime):
        return format_datetime(value, "yyyy-MM-dd HH:mm")
    if isinstance(value, date):
        return format_date(value, "yyyy-MM-dd")
    if field.kind is Kind.MONEY:
        return format_decimal(value, "#,##0.00")
    if field.kind is Kind.PERCENT:
        return f"{format_decimal(value, '#,##0.##')}%"
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and field.kind.is_number:
        return format_decimal(value, "#,##0.##") if field.kind is Kind.DECIMAL else str(value)
    return str(value)


def _show_reference(field: Field, value: Any, record: Any) -> Shown:
    if value is None:
        return Shown(EMPTY, "reference", empty=True)
    related = getattr(record, field.relation)
    if related is None:
        return Shown(_("(not visible to you)"), "reference", empty=True)
    target = get_entity(str(field.target))
    url = record_url(target, related.id) if current_actor().may(Right.VIEW, target.name) else None
    return Shown(str(related), "reference", url=url)


def record_url(entity: Entity, record_id: int) -> str:
    """The address of a record's page."""
    return f"{entity.path}/{record_id}"


def list_url(entity: Entity, *filters: str, **more: Any) -> str:
    """The address of a list with filters: every figure uses it to open its records."""
    pairs = [("filter", f) for f in filters] + [(k, str(v)) for k, v in more.items()]
    return f"{entity.path}/" + (f"?{urlencode(pairs)}" if pairs else "")
