"""The conversation of a ticket: what the customer wrote, what we answered, what only we read."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, relationship

from app.core import fields
from app.core.actor import Right
from app.core.choices import Choice
from app.core.entity import entity
from app.core.i18n import _l
from app.core.models.record import Record
from app.core.types import utc_now
from app.support.models.ticket import Ticket


class MessageDirection(Choice):
    """Who said it."""

    INBOUND = "inbound", _l("From the customer"), "green"
    OUTBOUND = "outbound", _l("From us"), "blue"


class TicketMessage(Record):
    """Append-only: what has been said stays said."""

    __tablename__ = "ticket_message"
    __table_args__ = (Index(None, "ticket_id", "at", "id"),)

    scope_parent = "ticket_id"

    ticket_id: Mapped[int] = fields.reference("ticket", _l("Ticket"), required=True, index=False)
    at: Mapped[datetime] = fields.moment(_l("When"), required=True, default=utc_now)
    direction: Mapped[MessageDirection] = fields.choice(MessageDirection, _l("Direction"), required=True)
    public: Mapped[bool] = fields.boolean(_l("Visible to the customer"), default=True)
    author_name: Mapped[str] = fields.text(_l("Author"), 130, required=True)
    body: Mapped[str] = fields.long_text(_l("Message"), required=True)

    ticket: Mapped[Ticket] = relationship(foreign_keys=[ticket_id])


TICKET_MESSAGE = entity(
    TicketMessage,
    label=_l("Message"),
    plural=_l("Messages"),
    description=_l("The conversation about a ticket."),
    icon="messages",
    path="/ticket-messages",
    columns=("ticket_id", "at", "direction", "author_name"),
    search=("author_name",),
    sort="-at",
    rights=(Right.VIEW,),
    in_menu=False,
)
