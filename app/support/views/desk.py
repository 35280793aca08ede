"""The ticket desk: what is to be done next, by time left."""

from flask import render_template, request
from flask_appbuilder import BaseView, expose

from app.core.actor import Right, current_actor
from app.core.errors import BadRequest
from app.core.presentation import list_url
from app.core.types import utc_now
from app.core.views.access import requires
from app.extensions import db
from app.support.models import TICKET
from app.support.services.desk import TABS, counts_of, find_tab, tickets_of
from app.support.views.time_left import next_due


class DeskView(BaseView):
    """Piles of open tickets."""

    route_base = "/desk"
    class_permission_name = "desk"
    default_view = "index"

    @expose("/")
    @requires(Right.VIEW)
    def index(self) -> str:
        """The desk; to htmx only the rows, which is how the times left stay true and how more are fetched."""
        actor, now = current_actor(), utc_now()
        tab = find_tab(request.args.get("tab", "mine"))
        if tab is None:
            raise BadRequest()
        after = request.args.get("after", "")[:400]
        found = tickets_of(db.session(), tab, actor, after)
        rows = [(ticket, next_due(ticket, now)) for ticket in found.records]
        asked_by_script = request.headers.get("HX-Request") is not None
        template = ("support/_desk_more.html" if after else "support/_desk_tickets.html") if asked_by_script else "support/desk.html"
        return render_template(
            template,
            tabs=TABS,
            tab=tab,
            rows=rows,
            counts={} if asked_by_script else counts_of(db.session(), actor),
            more_url=f"/desk/?tab={tab.key}&after={found.next}" if found.next else None,
            own_url=f"/desk/?tab={tab.key}",
            list_url=list_url(TICKET, *tab.filters, sort="due_at"),
            may_take=actor.may(Right.EDIT, TICKET.name),
            may_create=actor.may(Right.CREATE, TICKET.name),
        )
