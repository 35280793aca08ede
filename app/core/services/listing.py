"""Lists: from a question (filters, search, sort, place) to one page of records, without counting or skipping."""

import base64
import binascii
import json
import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, inspect, or_, select
from sqlalchemy.orm import Session, selectinload

from app.core.actor import Actor
from app.core.entity import Entity, get_entity
from app.core.errors import BadRequest
from app.core.fields import Field, Kind
from app.core.i18n import _l
from app.core.rules.filters import Filter, operators_of, parse_filter
from app.core.rules.values import Unreadable, read_value
from app.core.services.audit import plain
from app.core.types import utc_now

PAGE_SIZES = (20, 50, 100, 200)
COUNT_LIMIT = 10_000


@dataclass(frozen=True)
class Question:
    """What a list is asked for; everything comes from the address, so a list can be linked to."""

    filters: tuple[Filter, ...] = ()
    search: str = ""
    sort: str = ""
    size: int = 50
    after: str = ""
    before: str = ""
    deleted: bool = False


@dataclass
class Page:
    """One page of records and the cursors to its neighbours."""

    records: Sequence[Any]
    next: str | None = None
    previous: str | None = None
    question: Question = field(default_factory=Question)


def read_filters(entity: Entity, texts: Sequence[str]) -> tuple[Filter, ...]:
    """The filters of an address; BadRequest when one names what cannot be filtered."""
    found = []
    for text in texts:
        parsed = parse_filter(text)
        if parsed is None or parsed.field not in entity.fields or parsed.operator not in operators_of(entity.field(parsed.field)):
            raise BadRequest(_l("There is no such filter."))
        found.append(parsed)
    return tuple(found)


def matching(entity: Entity, question: Question, actor: Actor) -> Select[Any]:
    """All records a question is about, without order: for pages, counts, exports and bulk actions alike."""
    model = entity.model
    statement = select(model)
    if question.deleted and hasattr(model, "deleted_at"):
        statement = statement.where(model.deleted_at.is_not(None)).execution_options(with_deleted=True)
    for asked in question.filters:
        statement = statement.where(condition(entity, asked, actor))
    if question.search.strip():
        statement = statement.where(search_condition(entity, question.search.strip()))
    return statement


def search_condition(entity: Entity, text: str) -> ColumnElement[bool]:
    """Any of the entity's search fields contains the text, literally."""
    return or_(*(entity.column(name).icontains(text[:100], autoescape=True) for name in entity.search))


def condition(entity: Entity, asked: Filter, actor: Actor) -> ColumnElement[bool]:
    """One filter as SQL."""
    described, column = entity.field(asked.field), entity.column(asked.field)
    if asked.operator == "empty":
        return or_(column.is_(None), column == "") if _is_text(described) else column.is_(None)
    if asked.operator == "filled":
        return and_(column.is_not(None), column != "") if _is_text(described) else column.is_not(None)
    if asked.operator in {"contains", "starts"}:
        method = column.icontains if asked.operator == "contains" else column.istartswith
        return method(asked.value, autoescape=True)
    if asked.operator == "in":
        return column.in_([_value(described, part, actor) for part in asked.value.split(",")[:200]])
    if described.kind is Kind.DATETIME:
        return _on_time_line(column, asked, actor)
    value = (
        _mine(described, actor)
        if asked.value == "me" and described.target in {"user", "department"}
        else _value(described, asked.value, actor)
    )
    if asked.operator == "under":
        return _under(column, described, value)
    if asked.operator == "led_by":
        user = get_entity("user").model
        return or_(column == value, column.in_(select(user.id).where(user.manager_id == value)))
    if asked.operator == "ne":
        return or_(column != value, column.is_(None))
    return {"eq": column == value, "gt": column > value, "lt": column < value, "gte": column >= value, "lte": column <= value}[
        asked.operator
    ]


def _is_text(described: Field) -> bool:
    return described.kind in {Kind.TEXT, Kind.LONG_TEXT, Kind.EMAIL, Kind.PHONE, Kind.URL}


def _mine(described: Field, actor: Actor) -> int | None:
    """`me` in a link stands for whoever opens it, and for the own department."""
    return actor.id if described.target == "user" else actor.department_id


def _value(described: Field, text: str, actor: Actor) -> Any:
    if text == "today" and described.kind is Kind.DATE:
        return utc_now().astimezone(ZoneInfo(actor.timezone)).date()
    try:
        value = read_value(described, text, zone=actor.timezone)
    except Unreadable as unreadable:
        raise BadRequest(unreadable.sentence) from unreadable
    if value is None:
        raise BadRequest(_l("A filter needs a value."))
    return value


def _on_time_line(column: Any, asked: Filter, actor: Actor) -> ColumnElement[bool]:
    """A day stands for its 24 hours in the person's zone."""
    zone = ZoneInfo(actor.timezone)
    text = asked.value
    if text == "now":
        start = end = utc_now()
    elif len(text) > 10:
        start = end = _value(Field(label="", kind=Kind.DATETIME), text, actor)
    else:
        day: date = _value(Field(label="", kind=Kind.DATE), text, actor)
        start = datetime.combine(day, time.min, zone)
        end = datetime.combine(day + timedelta(days=1), time.min, zone)
    if asked.operator == "eq":
        return and_(column >= start, column < end) if end > start else column == start
    return {"gte": column >= start, "lt": column < start, "gt": column >= end, "lte": column < end if end > start else column <= end}[
        asked.operator
    ]


def _under(column: Any, described: Field, value: int | None) -> ColumnElement[bool]:
    department = get_entity(str(described.target)).model
    path = select(department.path).where(department.id == value).scalar_subquery()
    return column.in_(select(department.id).where(department.path.startswith(path)))


# -- order and place -----------------------------------------------------------
def sort_of(entity: Entity, question: Question) -> tuple[Field, bool]:
    """(field, descending) of a question, the entity's own order when it does not say."""
    text = question.sort or entity.sort
    name, descending = text.removeprefix("-"), text.startswith("-")
    described = entity.fields.get(name)
    if described is None and question.sort == "" and hasattr(entity.model, name):
        described = Field(label="", kind=Kind.TEXT, name=name, required=True)
    if described is None or not described.sortable:
        raise BadRequest(_l("This list cannot be sorted that way."))
    return described, descending


def ordering(entity: Entity, question: Question) -> list[Any]:
    """The terms of ORDER BY of a question: for pages and exports alike."""
    return _order(entity, *sort_of(entity, question))


def page(session: Session, entity: Entity, question: Question, actor: Actor, *, relations: Sequence[str] = ()) -> Page:
    """One page, found by its place in the order: as fast at the end of a million rows as at the beginning."""
    size = question.size if question.size in PAGE_SIZES else 50
    described, descending = sort_of(entity, question)
    backwards = bool(question.before)
    statement = matching(entity, question, actor)
    cursor = question.before or question.after
    if cursor:
        statement = statement.where(_beyond(entity, described, descending is not backwards, _decode(cursor), actor))
    statement = statement.order_by(*_order(entity, described, descending is not backwards)).limit(size + 1)
    # only what the page shows is loaded; anything else would be a query per row, and is refused
    statement = statement.options(*(selectinload(getattr(entity.model, r)) for r in relations))
    found = list(session.scalars(statement))
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    here = Page(found, question=question)
    if found:
        here.next = _encode(described, found[-1]) if (more or backwards) else None
        here.previous = _encode(described, found[0]) if (question.after or (backwards and more)) else None
    return here


def count(session: Session, entity: Entity, question: Question, actor: Actor) -> tuple[int, bool]:
    """(number, whether there are more): exact up to a limit, never a walk over a big table."""
    inner = matching(entity, question, actor).with_only_columns(entity.model.id).limit(COUNT_LIMIT + 1)
    found = session.scalar(select(func.count()).select_from(inner.subquery())) or 0
    return min(found, COUNT_LIMIT), found > COUNT_LIMIT


def _order(entity: Entity, described: Field, descending: bool) -> list[Any]:
    column, key = getattr(entity.model, described.name), entity.model.id
    terms = [column, key] if _never_empty(entity, described) else [column.is_(None), column, key]
    return [term.desc() if descending else term.asc() for term in terms]


def _never_empty(entity: Entity, described: Field) -> bool:
    return not inspect(entity.model).columns[described.name].nullable


def _beyond(entity: Entity, described: Field, descending: bool, place: tuple[Any, int], actor: Actor) -> ColumnElement[bool]:
    """Rows after a place in the (is empty, value, id) order."""
    column, key = getattr(entity.model, described.name), entity.model.id
    raw, record_id = place
    after: Any = operator.lt if descending else operator.gt
    if raw is None:
        same = and_(column.is_(None), after(key, record_id))
        return or_(same, column.is_not(None)) if descending else same
    value = raw if _is_text(described) else _value(described, raw, actor)
    further = or_(after(column, value), and_(column == value, after(key, record_id)))
    if _never_empty(entity, described) or descending:
        return further
    return or_(further, column.is_(None))


def _encode(described: Field, record: Any) -> str:
    value = plain(getattr(record, described.name))
    text = value if value is None or isinstance(value, str) else str(value)
    return base64.urlsafe_b64encode(json.dumps([text, record.id]).encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[Any, int]:
    try:
        text, record_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(record_id, int) or not (text is None or isinstance(text, str)) or abs(record_id) >= 2**63:
            raise ValueError
        (text or "").encode()  # halves of characters are no place in any list
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise BadRequest(_l("This page of the list does not exist.")) from error
    return text, record_id
