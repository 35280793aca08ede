"""Marking what has run past its time, so that lists and figures can ask for it; safe to run at any moment."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.types import utc_now
from app.support.models import Ticket
from app.support.models.ticket import OPEN

BATCH = 500


def mark_breaches(session: Session) -> int:
    """Set the late marks of running clocks that are past due; returns how many tickets were marked. A job commits."""
    now, marked = utc_now(), 0
    first = (Ticket.first_response_at.is_(None), Ticket.first_response_due_at < now, Ticket.first_response_breached.is_(False))
    resolution = (Ticket.resolution_due_at < now, Ticket.resolution_breached.is_(False))
    for conditions, column in ((first, "first_response_breached"), (resolution, "resolution_breached")):
        late = select(Ticket.id).where(Ticket.due_at < now, Ticket.status.in_(OPEN), *conditions).limit(BATCH)
        while ids := session.scalars(late).all():
            session.execute(_mark(ids, column))
            marked += len(ids)
    return marked


def _mark(ids: Any, column: str) -> Any:
    return update(Ticket).where(Ticket.id.in_(ids)).values({column: True}).execution_options(synchronize_session=False)
