"""Tickets: what customers ask of us, with the clocks of their service level."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from app.core import fields
from app.core.choices import Choice
from app.core.entity import Related, SavedView, Section, entity, relate
from app.core.i18n import _l
from app.core.models.record import Owned
from app.customers.models import CONTACT, CUSTOMER


class TicketKind(Choice):
    """What the customer wants."""

    REQUEST = "request", _l("Service request"), "blue"
    INCIDENT = "incident", _l("Incident"), "orange"
    COMPLAINT = "complaint", _l("Complaint"), "red"
    AFTER_SALES = "after_sales", _l("After-sales"), "purple"


class Priority(Choice):
    """How urgent it is; the service level hangs on it."""

    P1 = "p1", _l("P1 · critical"), "red"
    P2 = "p2", _l("P2 · high"), "orange"
    P3 = "p3", _l("P3 · normal"), "blue"
    P4 = "p4", _l("P4 · low"), "secondary"


class Channel(Choice):
    """How the customer reached us; on the telephone and at the counter the first answer is given at once."""

    PHONE = "phone", _l("Telephone")
    EMAIL = "email", _l("Mail")
    WEB = "web", _l("Web")
    CHAT = "chat", _l("Chat")
    COUNTER = "counter", _l("In person")

    @property
    def is_live(self) -> bool:
        """Whether the customer is answered while the ticket is being written."""
        return self in {Channel.PHONE, Channel.COUNTER}


class TicketStatus(Choice):
    """The states of the ticket workflow; rules/transitions.py says what leads where."""

    NEW = "new", _l("New"), "azure"
    ASSIGNED = "assigned", _l("Assigned"), "blue"
    IN_PROGRESS = "in_progress", _l("In progress"), "indigo"
    PENDING_CUSTOMER = "pending_customer", _l("Waiting for customer"), "yellow"
    PENDING_THIRD_PARTY = "pending_third_party", _l("Waiting for third party"), "yellow"
    RESOLVED = "resolved", _l("Resolved"), "green"
    CLOSED = "closed", _l("Closed"), "secondary"
    CANCELLED = "cancelled", _l("Cancelled"), "secondary"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self not in {TicketStatus.RESOLVED, TicketStatus.CLOSED, TicketStatus.CANCELLED}

    @property
    def is_paused(self) -> bool:
        return self in {TicketStatus.PENDING_CUSTOMER, TicketStatus.PENDING_THIRD_PARTY}


OPEN = tuple(status for status in TicketStatus if status.is_open)
OPEN_FILTER = "status:in:" + ",".join(str(status) for status in OPEN)


class Ticket(Owned):
    """The owner is who works on it; without one it belongs to the department of its queue."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index(None, "due_at", "id"),
        Index(None, "owner_id", "status", "due_at"),
        Index(None, "department_id", "status", "due_at"),
        Index(None, "customer_id", "updated_at", "id"),
        Index(None, "resolved_at"),
        Index(None, "created_at"),
    )

    number: Mapped[str] = fields.text(_l("Number"), 20, unique=True, readonly=True)
    subject: Mapped[str] = fields.text(_l("Subject"), 200, required=True, synonyms=("标题", "主题", "title"))
    description: Mapped[str | None] = fields.long_text(_l("Description"), synonyms=("问题描述", "body"))
    kind: Mapped[TicketKind] = fields.choice(
        TicketKind, _l("Kind"), required=True, default=TicketKind.REQUEST, synonyms=("工单类型", "type")
    )
    priority: Mapped[Priority] = fields.choice(Priority, _l("Priority"), required=True, default=Priority.P3, synonyms=("优先级",))
    channel: Mapped[Channel] = fields.choice(Channel, _l("Channel"), required=True, default=Channel.EMAIL, synonyms=("渠道",))
    customer_id: Mapped[int | None] = fields.reference("customer", _l("Customer"), index=False, synonyms=("客户", "account", "company"))
    contact_id: Mapped[int | None] = fields.reference("contact", _l("Contact"), synonyms=("联系人",))
    queue_id: Mapped[int | None] = fields.reference("queue", _l("Queue"), synonyms=("队列",))
    status: Mapped[TicketStatus] = fields.choice(
        TicketStatus, _l("Status"), required=True, readonly=True, default=TicketStatus.NEW, index=True
    )
    due_at: Mapped[datetime | None] = fields.moment(_l("Next due"), readonly=True)
    first_response_due_at: Mapped[datetime | None] = fields.moment(_l("First response due"), readonly=True)
    first_response_at: Mapped[datetime | None] = fields.moment(_l("First response"), readonly=True)
    first_response_breached: Mapped[bool] = fields.boolean(_l("First response late"), readonly=True)
    resolution_due_at: Mapped[datetime | None] = fields.moment(_l("Resolution due"), readonly=True)
    resolved_at: Mapped[datetime | None] = fields.moment(_l("Resolved at"), readonly=True)
    resolution_breached: Mapped[bool] = fields.boolean(_l("Resolution late"), readonly=True)
    closed_at: Mapped[datetime | None] = fields.moment(_l("Closed at"), readonly=True)
    resolution: Mapped[str | None] = fields.long_text(_l("Resolution"), readonly=True)
    cause: Mapped[str | None] = fields.dictionary("ticket_cause", _l("Cause"), readonly=True)
    satisfaction: Mapped[int | None] = fields.integer(_l("Satisfaction"), minimum=1, maximum=5, readonly=True)
    reopen_count: Mapped[int] = fields.integer(_l("Reopened"), required=True, default=0, readonly=True)
    transfer_count: Mapped[int] = fields.integer(_l("Passed on"), required=True, default=0, readonly=True)
    # The clocks, in whole seconds: see rules/clock.py.
    first_response_target: Mapped[int] = mapped_column(nullable=False, default=0)
    resolution_target: Mapped[int] = mapped_column(nullable=False, default=0)
    resolution_used: Mapped[int] = mapped_column(nullable=False, default=0)
    resolution_running_since: Mapped[datetime | None] = fields.moment(_l("Clock running since"), readonly=True)
    paused_at: Mapped[datetime | None] = fields.moment(_l("Paused since"), readonly=True)
    paused_seconds: Mapped[int] = mapped_column(nullable=False, default=0)
    accepted_at: Mapped[datetime | None] = fields.moment(_l("Work begun"), readonly=True)

    customer: Mapped[Any] = relationship("Customer", foreign_keys=[customer_id])
    contact: Mapped[Any] = relationship("Contact", foreign_keys=[contact_id])
    queue: Mapped[Any] = relationship("Queue", foreign_keys=[queue_id])
    transitions: WriteOnlyMapped[Any] = relationship("TicketTransition", back_populates="ticket")

    @property
    def is_paused(self) -> bool:
        return self.status.is_paused


TICKET = entity(
    Ticket,
    label=_l("Ticket"),
    plural=_l("Tickets"),
    description=_l("What customers ask of us, who answers, and by when."),
    icon="ticket",
    path="/tickets",
    number_prefix="T",
    columns=("number", "subject", "status", "priority", "kind", "customer_id", "owner_id", "due_at", "updated_at"),
    sections=(
        Section(_l("Ticket"), ("subject", "kind", "priority", "channel", "queue_id")),
        Section(_l("Customer"), ("customer_id", "contact_id")),
        Section(_l("Description"), ("description",)),
    ),
    facts=("status", "priority", "kind", "channel", "queue_id", "owner_id"),
    search=("subject", "number"),
    sort="-updated_at",
    filters=("status", "priority", "kind", "queue_id", "owner_id", "customer_id", "channel"),
    views=(
        SavedView("mine", _l("Mine"), ("owner_id:eq:me", OPEN_FILTER), "due_at"),
        SavedView("unassigned", _l("Unassigned"), ("owner_id:empty", OPEN_FILTER), "due_at"),
        SavedView("open", _l("Open"), (OPEN_FILTER,), "due_at"),
        SavedView("late", _l("Overdue"), (OPEN_FILTER, "due_at:lt:now"), "due_at"),
    ),
    quick_create=True,
    state="status",
)
relate(CUSTOMER, Related("ticket", "customer_id"))
relate(CONTACT, Related("ticket", "contact_id"))
