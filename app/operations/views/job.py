"""Jobs: what runs by itself, what ran, what runs now."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_appbuilder import BaseView, expose

from app.core.actor import Right, current_actor
from app.core.database import unit_of_work
from app.core.i18n import _
from app.core.jobs import find_job
from app.core.models import JobRun
from app.core.types import utc_now
from app.core.views.access import requires, signed_in
from app.extensions import db
from app.operations.rules.schedules import daily_time, every_minutes
from app.operations.services import runs, workers
from app.operations.services.health import SILENT_AFTER
from app.security.models import CrmUser


class JobView(BaseView):
    """Administrators see all jobs; a single run is open to whoever asked for it."""

    route_base = "/jobs"
    class_permission_name = "job"
    default_view = "index"

    @expose("/")
    @requires(Right.VIEW)
    def index(self) -> str:
        """All jobs with a schedule, and the latest runs people asked for."""
        session, now, last = db.session(), utc_now(), workers.last_sign_of_life()
        asked = runs.asked_for(session, current_actor())
        return render_template(
            "operations/jobs.html",
            jobs=runs.overview(session, now),
            asked=[(run, label_of(run)) for run in asked],
            names=names_of(asked),
            last_sign=last,
            alive=last is not None and now - last < SILENT_AFTER,
            schedule_words=schedule_words,
            may_start=current_actor().may(Right.EDIT, "job"),
        )

    @expose("/<int:run_id>")
    @signed_in
    def show(self, run_id: int) -> str:
        """One run with its progress."""
        return self._run_page("operations/job_run.html", run_id)

    @expose("/<int:run_id>/progress")
    @signed_in
    def progress(self, run_id: int) -> str:
        """The part of the page that asks for itself again while the run goes on."""
        return self._run_page("operations/_run.html", run_id)

    @expose("/<name>/start", methods=["POST"])
    @requires(Right.EDIT)
    def start(self, name: str) -> Any:
        """Run a scheduled job now."""
        with unit_of_work() as session:
            run_id = runs.start_now(session, name, actor=current_actor()).id
        flash(_("The job is in the queue."), "success")
        return redirect(url_for("JobView.show", run_id=run_id))

    @expose("/<int:run_id>/cancel", methods=["POST"])
    @signed_in
    def cancel(self, run_id: int) -> Any:
        """Ask a run to stop."""
        with unit_of_work() as session:
            runs.cancel(session, run_id, actor=current_actor())
        flash(_("The job has been asked to stop."), "success")
        return redirect(url_for("JobView.show", run_id=run_id))

    def _run_page(self, template: str, run_id: int) -> str:
        actor = current_actor()
        run = runs.get_run(db.session(), run_id, actor=actor)
        return render_template(
            template,
            run=run,
            label=label_of(run),
            name=names_of([run]).get(run.actor_id or 0),
            sees_all=actor.may(Right.VIEW, "job"),
            may_cancel=not run.state.is_over and (actor.may(Right.EDIT, "job") or run.actor_id == actor.id),
        )


def schedule_words(cron: str) -> str:
    """A schedule as people say it."""
    if minutes := every_minutes(cron):
        return _("every %(count)s minutes", count=minutes)
    if time := daily_time(cron):
        return _("daily at %(time)s", time=time)
    return cron


def label_of(run: JobRun) -> str:
    """What the run is called; jobs of a former version have only their name."""
    job = find_job(run.job)
    return str(job.label) if job else run.job


def names_of(found: list[JobRun]) -> dict[int, str]:
    """{user id: name} of those who asked."""
    ids = {run.actor_id for run in found if run.actor_id is not None}
    users = db.session.query(CrmUser).where(CrmUser.id.in_(ids)) if ids else ()
    return {user.id: user.full_name for user in users}
