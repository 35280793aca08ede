"""The first page after signing in."""

from flask import render_template
from flask_appbuilder import IndexView, expose

from app.core.actor import current_actor
from app.core.types import utc_now
from app.core.views.access import signed_in
from app.extensions import db
from app.reporting.services.home import Viewer, blocks_for


class HomeView(IndexView):
    """Today's work and the figures of whoever looks."""

    route_base = ""

    @expose("/")
    @signed_in
    def index(self) -> str:
        """The overview."""
        viewer = Viewer(current_actor(), utc_now())
        return render_template("reporting/home.html", blocks=blocks_for(db.session(), viewer))
