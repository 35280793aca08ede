"""Reading a ticket's conversation and moves."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.services.timeline import Happening, Place
from app.core.actor import Actor
from app.core.entity import Entity
from app.core.i18n import _l
from app.support.models import TICKET, Ticket, TicketMessage, TicketTransition

NEWEST = 200


def messages_of(session: Session, ticket: Ticket) -> list[TicketMessage]:
    """The latest messages in the order in which they were said."""
    statement = select(TicketMessage).where(TicketMessage.ticket_id == ticket.id)
    found = session.scalars(statement.order_by(TicketMessage.at.desc(), TicketMessage.id.desc()).limit(NEWEST))
    return list(found)[::-1]


def transitions_told(
    session: Session, entity: Entity, record_id: int, actor: Actor, place: Place | None, limit: int
) -> Iterable[Happening]:
    """The moves of a ticket for its timeline."""
    if entity is not TICKET:
        return
    statement = select(TicketTransition).where(TicketTransition.ticket_id == record_id)
    if place is not None:
        statement = statement.where(place.older(TicketTransition.at, TicketTransition.id, "transition"))
    for t in session.scalars(statement.order_by(TicketTransition.at.desc(), TicketTransition.id.desc()).limit(limit)):
        if t.from_status is None:
            continue  # the audit already tells of the creation
        heading = _l("From “%(source)s” to “%(target)s”", source=t.from_status.label, target=t.to_status.label)
        yield Happening(
            t.at,
            t.id,
            heading,
            "route",
            "blue",
            t.actor_name if t.created_by_id else str(_l("System")),
            t.reason or "",
            source="transition",
        )
