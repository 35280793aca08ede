"""The clocks of a ticket: read from its columns, advanced by the rules, written back."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.support.models import SlaPolicy, Ticket, TicketStatus
from app.support.rules.clock import Clock

# Where a priority has no active policy.
FALLBACK = (8 * 60, 72 * 60)


def first_response_clock(ticket: Ticket) -> Clock:
    """Runs from the creation to the first public answer, without pauses."""
    target = timedelta(seconds=ticket.first_response_target)
    if ticket.first_response_at is not None:
        return Clock(target, ticket.first_response_at - ticket.created_at, None, ticket.first_response_at)
    if not ticket.status.is_open:
        return Clock(target)
    return Clock(target, timedelta(0), ticket.created_at)


def resolution_clock(ticket: Ticket) -> Clock:
    """Runs while it is us who have to do something."""
    return Clock(
        timedelta(seconds=ticket.resolution_target),
        timedelta(seconds=ticket.resolution_used),
        ticket.resolution_running_since,
        ticket.resolved_at,
    )


def start_clocks(session: Session, ticket: Ticket, now: datetime) -> None:
    """By the policy of its priority; what is answered live is answered at once."""
    ticket.created_at = now
    first, resolution = targets_of(session, ticket)
    ticket.first_response_target, ticket.resolution_target = first * 60, resolution * 60
    ticket.first_response_due_at = now + timedelta(minutes=first)
    ticket.first_response_breached = ticket.resolution_breached = False
    if ticket.channel.is_live:
        ticket.first_response_at = now
    ticket.paused_seconds = ticket.resolution_used = 0
    keep(ticket, resolution_clock(ticket).start(now), now)


def targets_of(session: Session, ticket: Ticket) -> tuple[int, int]:
    """(first response, resolution) in minutes."""
    columns = (SlaPolicy.first_response_minutes, SlaPolicy.resolution_minutes)
    found = session.execute(select(*columns).where(SlaPolicy.priority == ticket.priority, SlaPolicy.active.is_(True))).first()
    return (int(found[0]), int(found[1])) if found else FALLBACK


def answer_first(ticket: Ticket, now: datetime) -> None:
    """The first public answer stops its clock; later ones change nothing."""
    if ticket.first_response_at is None:
        ticket.first_response_breached = ticket.first_response_breached or first_response_clock(ticket).is_breached(now)
        ticket.first_response_at = now
        _set_next_due(ticket)


def follow_status(ticket: Ticket, status: TicketStatus, now: datetime) -> None:
    """Enter a state: pause, resume or stop the resolution clock as it asks."""
    clock = resolution_clock(ticket)
    _end_pause(ticket, now)
    ticket.status = status
    if status.is_paused:
        ticket.paused_at = now
        clock = clock.pause(now)
    elif status is TicketStatus.RESOLVED:
        answer_first(ticket, now)
        ticket.resolved_at = now
        clock = clock.stop(now)
    elif status in {TicketStatus.CLOSED, TicketStatus.CANCELLED}:
        ticket.closed_at = now
        clock = clock.pause(now)
    else:
        ticket.resolved_at = ticket.closed_at = None
        clock = clock.resume(now)
    keep(ticket, clock, now)


def retarget(session: Session, ticket: Ticket, now: datetime) -> None:
    """Another priority: what was used counts against the new targets; a miss stays a miss."""
    first, resolution = targets_of(session, ticket)
    ticket.first_response_target, ticket.resolution_target = first * 60, resolution * 60
    if ticket.first_response_at is None:
        ticket.first_response_due_at = ticket.created_at + timedelta(minutes=first)
    keep(ticket, resolution_clock(ticket), now)


def keep(ticket: Ticket, clock: Clock, now: datetime) -> None:
    """Write the resolution clock back and see what falls due next."""
    ticket.resolution_used = int(clock.used.total_seconds())
    ticket.resolution_running_since = clock.running_since
    ticket.resolution_due_at = clock.due
    ticket.resolution_breached = ticket.resolution_breached or clock.is_breached(now)
    _set_next_due(ticket)


def _end_pause(ticket: Ticket, now: datetime) -> None:
    if ticket.paused_at is not None:
        ticket.paused_seconds += int((now - ticket.paused_at).total_seconds())
        ticket.paused_at = None


def _set_next_due(ticket: Ticket) -> None:
    """The earlier of the running clocks: what the desk is sorted by."""
    waiting = ticket.status.is_open and ticket.first_response_at is None
    dues = [ticket.first_response_due_at if waiting else None, ticket.resolution_due_at]
    ticket.due_at = min((due for due in dues if due is not None), default=None)
