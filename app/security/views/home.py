"""The first page after signing in."""

from flask import render_template
from flask_appbuilder import IndexView, expose

from app.core.views.access import signed_in


class HomeView(IndexView):
    """Overview by role."""

    route_base = ""

    @expose("/")
    @signed_in
    def index(self) -> str:
        """The overview."""
        return render_template("home.html")
