"""Tickets with their messages and moves, queues, service levels."""

from app.support.models.queue import QUEUE, Queue
from app.support.models.sla_policy import SLA_POLICY, SlaPolicy
from app.support.models.ticket import TICKET, Channel, Priority, Ticket, TicketKind, TicketStatus
from app.support.models.ticket_message import TICKET_MESSAGE, MessageDirection, TicketMessage
from app.support.models.ticket_transition import TICKET_TRANSITION, TicketTransition

__all__ = [
    "QUEUE",
    "SLA_POLICY",
    "TICKET",
    "TICKET_MESSAGE",
    "TICKET_TRANSITION",
    "Channel",
    "MessageDirection",
    "Priority",
    "Queue",
    "SlaPolicy",
    "Ticket",
    "TicketKind",
    "TicketMessage",
    "TicketStatus",
    "TicketTransition",
]
