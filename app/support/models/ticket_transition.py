"""Every move of a ticket from one state to the next."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, relationship

from app.core import fields
from app.core.actor import Right
from app.core.entity import entity
from app.core.i18n import _l
from app.core.models.record import Record
from app.core.types import utc_now
from app.support.models.ticket import Ticket, TicketStatus


class TicketTransition(Record):
    """Append-only: who moved the ticket from where to where, when and why."""

    __tablename__ = "ticket_transition"
    __table_args__ = (Index(None, "ticket_id", "at", "id"),)

    scope_parent = "ticket_id"

    ticket_id: Mapped[int] = fields.reference("ticket", _l("Ticket"), required=True, index=False)
    at: Mapped[datetime] = fields.moment(_l("When"), required=True, default=utc_now)
    from_status: Mapped[TicketStatus | None] = fields.choice(TicketStatus, _l("From"))
    to_status: Mapped[TicketStatus] = fields.choice(TicketStatus, _l("To"), required=True)
    actor_name: Mapped[str] = fields.text(_l("By"), 130, required=True, default="")
    reason: Mapped[str | None] = fields.text(_l("Reason"), 500)

    ticket: Mapped[Ticket] = relationship(foreign_keys=[ticket_id], back_populates="transitions")


TICKET_TRANSITION = entity(
    TicketTransition,
    label=_l("Transition"),
    plural=_l("Transitions"),
    description=_l("How a ticket moved from state to state."),
    icon="route",
    path="/ticket-transitions",
    columns=("ticket_id", "from_status", "to_status", "at", "actor_name"),
    search=("reason",),
    sort="-at",
    rights=(Right.VIEW,),
    in_menu=False,
)
