"""Clocks in words and colours, made on the server so that they are right without any script."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.i18n import Text, _
from app.support.models import Ticket
from app.support.rules.clock import Clock
from app.support.services.ticket_clock import first_response_clock, resolution_clock

SOON = 0.25  # of the target


@dataclass(frozen=True)
class TimeLeft:
    """What a clock says: the text, its tone (late, soon, calm, paused, done) and the used share in percent."""

    text: str
    tone: str
    percent: int
    due: datetime | None = None
    label: Text = ""


def next_due(ticket: Ticket, now: datetime) -> TimeLeft:
    """The clock of a ticket that falls due first."""
    if ticket.due_at is None:
        return TimeLeft(_("paused"), "paused", 0) if ticket.status.is_open else TimeLeft("—", "done", 0)
    first = first_response_clock(ticket)
    answered = ticket.first_response_at is not None
    clock = resolution_clock(ticket) if answered or first.due != ticket.due_at else first
    label = _("First response") if clock is first else _("Time to resolve")
    return _running(clock, now, label)


def clocks_of(ticket: Ticket, now: datetime) -> list[TimeLeft]:
    """Both clocks for the ticket's page."""
    first, resolution = first_response_clock(ticket), resolution_clock(ticket)
    shown = [_first_response(ticket, first, now)]
    if resolution.is_running:
        shown.append(_running(resolution, now, _("Time to resolve")))
    elif ticket.resolved_at is not None:
        shown.append(_ended(resolution, ticket.resolved_at, ticket.resolution_breached, _("Time to resolve")))
    elif ticket.is_paused:
        left = resolution.left_at(now)
        text = _("paused, %(time)s left", time=duration(left)) if left >= timedelta(0) else _("paused, %(time)s over", time=duration(-left))
        shown.append(TimeLeft(text, "paused", _percent(resolution, now), None, _("Time to resolve")))
    return shown


def _first_response(ticket: Ticket, clock: Clock, now: datetime) -> TimeLeft:
    label = _("First response")
    if ticket.first_response_at is not None:
        return _ended(clock, ticket.first_response_at, ticket.first_response_breached, label)
    if not clock.is_running:
        return TimeLeft(_("not answered"), "done", 0, None, label)
    return _running(clock, now, label)


def _running(clock: Clock, now: datetime, label: Text) -> TimeLeft:
    left = clock.left_at(now)
    if left < timedelta(0):
        return TimeLeft(_("%(time)s overdue", time=duration(-left)), "late", 100, clock.due, label)
    tone = "soon" if left < clock.target * SOON else "calm"
    return TimeLeft(_("%(time)s left", time=duration(left)), tone, _percent(clock, now), clock.due, label)


def _ended(clock: Clock, at: datetime, breached: bool, label: Text) -> TimeLeft:
    text = _("after %(time)s, late", time=duration(clock.used)) if breached else _("after %(time)s", time=duration(clock.used))
    return TimeLeft(text, "late" if breached else "done", min(100, _percent(clock, at)), None, label)


def _percent(clock: Clock, now: datetime) -> int:
    return max(0, min(100, int(100 * clock.share_used(now))))


def duration(span: timedelta) -> str:
    """The two largest units: 3 d 4 h, 2 h 15 min, 8 min."""
    minutes = int(span.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("%(days)s d %(hours)s h", days=days, hours=hours)
    if hours:
        return _("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)
    return _("%(minutes)s min", minutes=rest)
