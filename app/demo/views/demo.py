"""The demo company in the browser: explain, start, take away; the run's own page shows the progress."""

from typing import Any

from flask import redirect, render_template, url_for
from flask_appbuilder import BaseView, expose

from app.core.actor import Right, current_actor
from app.core.database import unit_of_work
from app.core.errors import Refusal
from app.core.jobs import enqueue
from app.core.views.access import requires
from app.demo.services.company import check_makeable, check_removable, is_made
from app.extensions import db


class DemoView(BaseView):
    """Administrators only."""

    route_base = "/demo"
    class_permission_name = "demo"
    default_view = "start"

    @expose("/start")
    @requires(Right.CREATE)
    def start(self) -> str:
        """What it is, and whether it can be made or taken away."""
        problem: str | None = None
        try:
            check_makeable(db.session(), current_actor())
        except Refusal as refusal:
            problem = str(refusal.sentence)
        return render_template("demo/start.html", problem=problem, made=is_made(db.session()))

    @expose("/start", methods=["POST"])
    @requires(Right.CREATE)
    def make(self) -> Any:
        """Put the making into the queue."""
        actor = current_actor()
        with unit_of_work() as session:
            check_makeable(session, actor)
            run_id = enqueue(session, "demo", actor=actor).id
        return redirect(url_for("JobView.show", run_id=run_id))

    @expose("/remove", methods=["POST"])
    @requires(Right.DELETE)
    def remove(self) -> Any:
        """Put the removal into the queue."""
        actor = current_actor()
        with unit_of_work() as session:
            check_removable(session, actor)
            run_id = enqueue(session, "demo_removal", actor=actor).id
        return redirect(url_for("JobView.show", run_id=run_id))
