"""How the service did in the last days: figures, days, departments; each number opens its tickets."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask_appbuilder import BaseView, expose
from sqlalchemy import select

from app.core.actor import Actor, Right, current_actor
from app.core.errors import BadRequest
from app.core.i18n import _
from app.core.presentation import list_url
from app.core.types import utc_now
from app.core.views.access import requires
from app.extensions import db
from app.security.models import Department
from app.support.models import TICKET
from app.support.models.ticket import OPEN_FILTER
from app.support.services import figures

PERIODS = (7, 30, 90)


class ServiceFiguresView(BaseView):
    """Figures of the service desk."""

    route_base = "/service-figures"
    class_permission_name = "desk"
    default_view = "index"

    @expose("/")
    @requires(Right.VIEW)
    def index(self) -> str:
        """The last 7, 30 or 90 days, of what this person may see."""
        days = request.args.get("days", "30")
        if days not in {str(n) for n in PERIODS}:
            raise BadRequest()
        actor, now = current_actor(), utc_now()
        since = _midnight(now, actor) - timedelta(days=int(days) - 1)
        session = db.session()
        answered = figures.first_response_met(session, since, now, now)
        solved = figures.resolution_met(session, since, now, now)
        return render_template(
            "support/figures.html",
            days=int(days),
            periods=PERIODS,
            open_count=figures.open_tickets(session),
            open_url=list_url(TICKET, OPEN_FILTER, sort="due_at"),
            waiting=figures.first_response(session, since, now),
            answered=figures.total(answered.values()),
            solved=figures.total(solved.values()),
            urls=_urls(since),
            flow=_flow(since, now, actor),
            departments=_departments(answered, solved),
        )


def _midnight(moment: datetime, actor: Actor) -> datetime:
    return moment.astimezone(ZoneInfo(actor.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)


def _urls(since: datetime) -> dict[str, str]:
    """The tickets behind the figures."""
    day = since.date().isoformat()
    created = f"created_at:gte:{day}"
    return {
        "waiting": list_url(TICKET, f"first_response_at:gte:{day}"),
        "answered_late": list_url(TICKET, created, "first_response_breached:eq:true"),
        "solved_late": list_url(TICKET, created, "resolution_breached:eq:true"),
    }


def _flow(since: datetime, now: datetime, actor: Actor) -> dict[str, Any]:
    """New and resolved tickets day by day, as the charts take it."""
    session, zone = db.session(), actor.timezone
    created, resolved = figures.created_per_day(session, since, now, zone), figures.resolved_per_day(session, since, now, zone)
    last = now.astimezone(ZoneInfo(zone)).date()
    days = [since.date() + timedelta(days=n) for n in range((last - since.date()).days + 1)]
    return {
        "categories": [day.isoformat() for day in days],
        "series": [
            {
                "name": name,
                "data": [counts.get(day, 0) for day in days],
                "urls": [list_url(TICKET, f"{field}:eq:{day.isoformat()}") for day in days],
            }
            for name, field, counts in ((_("New tickets"), "created_at", created), (_("Resolved tickets"), "resolved_at", resolved))
        ],
        "format": "number",
    }


def _departments(answered: dict[int | None, figures.Met], solved: dict[int | None, figures.Met]) -> list[dict[str, Any]]:
    """One row for each department that had tickets."""
    session = db.session()
    opened = figures.open_by_department(session)
    ids = answered.keys() | opened.keys()
    names = {d.id: d.name for d in session.scalars(select(Department).where(Department.id.in_([i for i in ids if i is not None])))}
    nothing = figures.Met(0, 0)
    rows = [
        {
            "name": names.get(i) or _("No department"),
            "url": list_url(TICKET, OPEN_FILTER, f"department_id:eq:{i}" if i is not None else "department_id:empty"),
            "open": opened.get(i, 0),
            "answered": answered.get(i, nothing),
            "solved": solved.get(i, nothing),
        }
        for i in ids
    ]
    return sorted(rows, key=lambda row: (-row["open"], row["name"]))
