"""The timeline of a record: what several sources tell about it, merged, newest first, page by page.

Activities, tasks and the audit speak here; domains above add their own sources (stage changes, ticket transitions).
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from app.activities.models import ACTIVITY, TASK, Activity, Task, TaskStatus
from app.core.actor import Actor, Right
from app.core.entity import Entity
from app.core.errors import BadRequest
from app.core.i18n import Text, _l
from app.core.models.audit import AuditEntry
from app.core.presentation import record_url

PAGE = 20
# Changes that tell a story; the rest is in the history. A creation is told once, by the record itself.
TOLD_ACTIONS = ("create", "transfer", "restore", "attach", "detach")


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: what, when, who, and how the page marks it."""

    at: datetime
    id: int
    heading: Text
    icon: str
    tone: str = ""
    who: str = ""
    body: str = ""
    note: Text = ""
    url: str | None = None
    pill: tuple[Text, str] | None = None
    action: str | None = None  # an audit action, worded by the template
    source: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the moment, the source and the row of its last event."""

    at: datetime
    source: str
    id: int

    def older(self, at: Any, row_id: Any, source: str) -> ColumnElement[bool]:
        """Rows of a source that come after this place, in the order (at, source, id), newest first."""
        if source < self.source:
            return or_(at < self.at, at == self.at)
        if source > self.source:
            return at < self.at
        return or_(at < self.at, and_(at == self.at, row_id < self.id))

    def text(self) -> str:
        """For the address of the next page."""
        parts = json.dumps([self.at.isoformat(), self.source, self.id])
        return base64.urlsafe_b64encode(parts.encode()).decode().rstrip("=")


Fetch = Callable[[Session, Entity, int, Actor, Place | None, int], Iterable[Happening]]
_sources: dict[str, Fetch] = {}


def add_source(key: str, fetch: Fetch) -> None:
    """A domain adds what it knows: `fetch(session, entity, record id, actor, place, limit)`, newest first."""
    _sources[key] = fetch


def read_place(text: str) -> Place | None:
    """The place that an address names; BadRequest when it was made up."""
    if not text:
        return None
    try:
        at, source, row_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or source not in _sources or not isinstance(row_id, int) or abs(row_id) >= 2**63:
            raise ValueError
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadRequest(_l("This part of the timeline does not exist.")) from error
    return Place(moment, source, row_id)


def timeline_of(
    session: Session, entity: Entity, record_id: int, actor: Actor, place: Place | None = None
) -> tuple[list[Happening], Place | None]:
    """(events, place of the next page) of a record that the caller has already been allowed to see."""
    found = [h for fetch in _sources.values() for h in fetch(session, entity, record_id, actor, place, PAGE + 1)]
    found.sort(key=lambda h: (h.at, h.source, h.id), reverse=True)
    shown = found[:PAGE]
    more = len(found) > PAGE
    last = shown[-1] if shown else None
    return shown, Place(last.at, last.source, last.id) if more and last is not None else None


def _activities(session: Session, entity: Entity, record_id: int, actor: Actor, place: Place | None, limit: int) -> Iterable[Happening]:
    if not actor.may(Right.VIEW, ACTIVITY.name):
        return
    statement = select(Activity).where(Activity.entity == entity.name, Activity.record_id == record_id)
    if place is not None:
        statement = statement.where(place.older(Activity.at, Activity.id, "activity"))
    statement = statement.order_by(Activity.at.desc(), Activity.id.desc()).limit(limit).options(selectinload(Activity.owner))
    for a in session.scalars(statement):
        note = _l("Next step: %(step)s", step=a.next_step) if a.next_step else ""
        yield Happening(
            a.at, a.id, a.subject, _ICONS.get(str(a.kind), "activity"), a.kind.color, str(a.owner or ""), a.body or "", note,
            record_url(ACTIVITY, a.id), (a.kind.label, a.kind.color), source="activity",
        )  # fmt: skip


_ICONS = {
    "call": "phone-call", "visit": "map-pin", "meeting": "users", "email": "mail", "fax": "printer",
    "message": "message-circle", "web": "world", "note": "note",
}  # fmt: skip


def _tasks(session: Session, entity: Entity, record_id: int, actor: Actor, place: Place | None, limit: int) -> Iterable[Happening]:
    if not actor.may(Right.VIEW, TASK.name):
        return
    statement = select(Task).where(Task.entity == entity.name, Task.record_id == record_id)
    if place is not None:
        statement = statement.where(place.older(Task.created_at, Task.id, "task"))
    statement = statement.order_by(Task.created_at.desc(), Task.id.desc()).limit(limit).options(selectinload(Task.owner))
    for t in session.scalars(statement):
        icon = "circle-check" if t.status is TaskStatus.DONE else "checkbox"
        yield Happening(
            t.created_at, t.id, t.subject, icon, "green" if t.status is TaskStatus.DONE else "orange", str(t.owner or ""), t.body or "",
            "", record_url(TASK, t.id), (t.status.label, t.status.color), source="task",
        )  # fmt: skip


def _audit(session: Session, entity: Entity, record_id: int, actor: Actor, place: Place | None, limit: int) -> Iterable[Happening]:
    mine = (AuditEntry.entity == entity.name, AuditEntry.record_id == record_id, AuditEntry.action.in_(TOLD_ACTIONS))
    statement = select(AuditEntry).where(*mine)
    if place is not None:
        statement = statement.where(place.older(AuditEntry.at, AuditEntry.id, "audit"))
    for e in session.scalars(statement.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit)):
        names = next(iter(e.changes.values()), [None, None]) if e.action in {"attach", "detach"} else [None, None]
        yield Happening(
            e.at,
            e.id,
            "",
            "",
            who=e.actor_name if e.actor_id else str(_l("System")),
            action=e.action,
            body=str(names[1] or names[0] or ""),
            source="audit",
        )


add_source("activity", _activities)
add_source("task", _tasks)
add_source("audit", _audit)
