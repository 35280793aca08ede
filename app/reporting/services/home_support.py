"""Service on the home page: the own queue by time left, and how old the open tickets are."""

from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.core.actor import Right
from app.core.i18n import _
from app.core.presentation import list_url
from app.reporting.services.home import Block, Data, Viewer, chart
from app.support.models import TICKET, Ticket
from app.support.models.ticket import OPEN, OPEN_FILTER
from app.support.services.desk import TABS, counts_of, find_tab, tickets_of

ROWS = 6
AGES = (timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=30))


def support(session: Session, viewer: Viewer) -> Data:
    """Piles, the next tickets of the own one, and the backlog by age."""
    mine = find_tab("mine")
    works = mine is not None and not viewer.actor.is_administrator
    return {
        "piles": [(tab, counts) for tab, counts in zip(TABS, counts_of(session, viewer.actor).values(), strict=True)],
        "tickets": tickets_of(session, mine, viewer.actor).records[:ROWS] if works and mine else None,
        "backlog": _backlog(session, viewer.now),
    }


def _backlog(session: Session, now: datetime) -> Data:
    """Open tickets by the time since they came in, in one statement."""
    edges = [now - age for age in AGES]
    bucket = case(*((Ticket.created_at >= edge, place) for place, edge in enumerate(edges)), else_=len(edges))
    counts: dict[int, int] = dict(
        session.execute(select(bucket, func.count()).where(Ticket.status.in_(OPEN)).group_by(bucket)).tuples().all()
    )
    names = [_("up to 1 day"), _("1–3 days"), _("3–7 days"), _("7–30 days"), _("longer")]
    return chart(names, _("Open tickets"), [counts.get(place, 0) for place in range(len(names))], _urls(edges))


def _urls(edges: list[datetime]) -> list[str]:
    urls = []
    for place in range(len(edges) + 1):
        since = (f"created_at:gte:{edges[place].isoformat(timespec='seconds')}",) if place < len(edges) else ()
        until = (f"created_at:lt:{edges[place - 1].isoformat(timespec='seconds')}",) if place else ()
        urls.append(list_url(TICKET, OPEN_FILTER, *since, *until))
    return urls


SUPPORT = Block(
    "support",
    15,
    "reporting/_support.html",
    lambda viewer: viewer.actor.may(Right.EDIT, TICKET.name) and viewer.actor.may(Right.VIEW, "desk"),
    support,
)
