"""Imports in the browser: upload, decide, check, run, look at what was refused."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, flash, make_response, redirect, render_template, request
from flask_appbuilder import expose
from flask_babel import format_timedelta
from sqlalchemy import select

from app.core.actor import Actor, Right, Source, current_actor
from app.core.database import unit_of_work
from app.core.entity import entities, find_entity, get_entity
from app.core.errors import InvalidValues, NotFound, RuleViolation
from app.core.i18n import _
from app.core.presentation import Shown, list_url
from app.core.types import utc_now
from app.core.views.access import signed_in
from app.core.views.lists import ListPage
from app.core.views.records import EntityView
from app.dataexchange import jobs  # noqa: F401 - declares the job
from app.dataexchange.models import IMPORT_JOB, ImportJob, ImportMode, ImportProblem, ImportState
from app.dataexchange.rules.pace import pace
from app.dataexchange.services import imports
from app.dataexchange.services.fields import creatable, import_fields
from app.dataexchange.services.refused import as_csv, template_csv
from app.dataexchange.views.import_form import LEAVE_EMPTY, format_questions, read_mapping, read_options, read_reading, word_questions
from app.extensions import db

SHOWN_PROBLEMS = 25
PREVIEW_ROWS = 5
BUSY = {ImportState.CHECKING, ImportState.RUNNING}


class ImportJobView(EntityView):
    """One's own imports; what may be imported is asked of the entity's own import right."""

    entity = IMPORT_JOB
    include_route_methods = {"index", "count", "new", "show", "configure", "cancel", "resume", "progress", "problems", "template"}

    def list_extras(self, found: ListPage) -> dict[str, Any]:
        """Entities by their names in the reader's language."""
        place = found.columns_shown.index("target")
        for row in found.rows:
            entity = find_entity(row.record.target)
            row.cells[place] = Shown(str(entity.plural) if entity else row.record.target)
        return {}

    # -- the file --------------------------------------------------------------
    @expose("/new", methods=["GET", "POST"])
    @signed_in
    def new(self) -> Any:
        """Choose what and which file."""
        actor = current_actor().through(Source.IMPORT)
        choices = [e for e in entities() if Right.IMPORT in e.rights and actor.may(Right.IMPORT, e.name)]
        if not choices:
            raise NotFound()
        chosen = request.values.get("entity", "")
        problems: dict[str, str] = {}
        if request.method == "POST":
            file = request.files.get("file")
            if chosen not in {e.name for e in choices}:
                problems["entity"] = _("Say what is in the file.")
            if file is None or not file.filename:
                problems["file"] = _("Choose a file first.")
            if not problems and file is not None:
                try:
                    with unit_of_work():
                        job_id = imports.take_in(file.stream, str(file.filename), chosen, actor=actor).id
                    return redirect(f"{IMPORT_JOB.path}/{job_id}")
                except RuleViolation as refusal:
                    problems["file"] = str(refusal.sentence)
        page = render_template("dataexchange/new.html", choices=choices, chosen=chosen, problems=problems)
        return make_response(page, 422 if problems else 200)

    # -- the import ------------------------------------------------------------
    @expose("/<int:record_id>")
    @signed_in
    def show(self, record_id: int) -> Any:
        """The import at whatever step it has reached."""
        actor = current_actor()
        job = imports.get_job(record_id, actor=actor)
        if job.state in BUSY:
            with unit_of_work():
                imports.settle(record_id, actor=actor)
            job = imports.get_job(record_id, actor=actor)
        return self._page(job, actor)

    def _page(self, job: ImportJob, actor: Actor, problems: dict[str, Any] | None = None) -> str:
        target, fields = get_entity(job.target), import_fields(get_entity(job.target), actor)
        table, problems = None, dict(problems or {})
        if imports.is_open(job):
            try:
                table = imports.table_of(job)
            except RuleViolation as refusal:
                problems[""] = refusal.sentence
        may_create = creatable(fields.values(), actor)
        return render_template(
            "dataexchange/job.html",
            job=job,
            target=target,
            fields=fields,
            problems=problems,
            table=table,
            rows=table.preview(PREVIEW_ROWS) if table else [],
            matches=imports.propose(job, table, actor) if table else [],
            formats=format_questions(job, fields),
            words=word_questions(job, fields, actor, may_create),
            may_create=may_create,
            modes=ImportMode.options(),
            refused=self._refused(job),
            records_url=self._records_url(job, actor),
            leave_empty=LEAVE_EMPTY,
            **self._progress_of(job),
        )

    def _refused(self, job: ImportJob) -> list[ImportProblem]:
        mine = select(ImportProblem).where(ImportProblem.import_job_id == job.id)
        return list(db.session.scalars(mine.order_by(ImportProblem.row, ImportProblem.id).limit(SHOWN_PROBLEMS)))

    def _records_url(self, job: ImportJob, actor: Actor) -> str:
        """The list of what this import has written, as nearly as a list can say it."""
        target = get_entity(job.target)
        moment, who = ("created_at", "created_by_id") if job.created_count else ("updated_at", "updated_by_id")
        if not {moment, who} <= target.fields.keys():
            return f"{target.path}/"
        until = job.finished_at or utc_now()
        span = [
            when.astimezone(ZoneInfo(actor.timezone)).strftime("%Y-%m-%d %H:%M:%S")
            for when in (job.created_at, until + timedelta(seconds=1))
        ]
        return list_url(target, f"{who}:eq:{job.owner_id}", f"{moment}:gte:{span[0]}", f"{moment}:lte:{span[1]}")

    def _progress_of(self, job: ImportJob) -> dict[str, Any]:
        """Figures of the work under way, in words."""
        running = job.state in BUSY
        queued = imports.run_of(job) if running else None
        if queued is None:
            return {"running": running, "done": 0, "total": 0, "speed": None, "left": None, "waiting": running, "stopping": False}
        written = job.created_count + job.updated_count + job.failed_count if job.state is ImportState.RUNNING else 0
        seconds = (utc_now() - queued.started_at).total_seconds() if queued.started_at else 0.0
        at = pace(queued.progress, job.done_before if job.state is ImportState.RUNNING else 0, queued.total or 0, seconds)
        return {
            "running": True,
            "done": max(queued.progress, written),  # the queue hears of it later
            "total": queued.total or job.total,
            "speed": f"{at.rate:,.0f}" if at.rate else None,
            "left": format_timedelta(timedelta(seconds=at.left), threshold=1.2) if at.left is not None else None,
            "waiting": queued.started_at is None,
            "stopping": queued.cancel_requested,
        }

    # -- deciding, starting, stopping ------------------------------------------
    @expose("/<int:record_id>/configure", methods=["POST"])
    @signed_in
    def configure(self, record_id: int) -> Any:
        """Keep the decisions; then check, or run when they are those of the last check."""
        actor, step = current_actor(), request.form.get("step")
        job = imports.get_job(record_id, actor=actor)
        mapping, options = read_mapping(request.form), read_options(request.form, import_fields(get_entity(job.target), actor))
        try:
            with unit_of_work():
                if imports.read_again(record_id, read_reading(request.form), actor=actor):
                    flash(_("The file has been read again. Look at its columns before you go on."), "info")
                    return redirect(f"{IMPORT_JOB.path}/{record_id}")
                changed = imports.configure(record_id, mapping=mapping, options=options, actor=actor)
                if step == "run" and not changed:
                    imports.start(record_id, "run", actor=actor)
                elif step in {"check", "run"}:
                    imports.start(record_id, "check", actor=actor)
        except InvalidValues as refusal:
            refused = imports.get_job(record_id, actor=actor)
            with db.session.no_autoflush:  # what was chosen is shown again, and never written
                refused.mapping, refused.options = mapping, {**refused.options, **options}
                page = self._page(refused, actor, refusal.problems)
            db.session.rollback()
            return page, 422
        except RuleViolation as refusal:  # a second click, or a page left open: say so above the import as it is now
            return self._page(imports.get_job(record_id, actor=actor), actor, {"": refusal.sentence}), 422
        if step == "run" and changed:
            flash(_("You have changed something, so all rows are checked again first."), "info")
        return redirect(f"{IMPORT_JOB.path}/{record_id}")

    @expose("/<int:record_id>/resume", methods=["POST"])
    @signed_in
    def resume(self, record_id: int) -> Response:
        """Go on after an interruption."""
        with unit_of_work():
            imports.start(record_id, "run", actor=current_actor())
        return redirect(f"{IMPORT_JOB.path}/{record_id}")  # type: ignore[return-value]

    @expose("/<int:record_id>/cancel", methods=["POST"])
    @signed_in
    def cancel(self, record_id: int) -> Response:
        """Ask the work to stop."""
        with unit_of_work():
            imports.cancel(record_id, actor=current_actor())
        return redirect(f"{IMPORT_JOB.path}/{record_id}")  # type: ignore[return-value]

    @expose("/<int:record_id>/progress")
    @signed_in
    def progress(self, record_id: int) -> Response:
        """The fragment that asks again while the work goes on, and reloads the page at its end."""
        job = imports.get_job(record_id, actor=current_actor())
        queued = imports.run_of(job)
        response = make_response(render_template("dataexchange/_progress.html", job=job, **self._progress_of(job)))
        if job.state not in BUSY or queued is None or queued.state.is_over:
            response.headers["HX-Refresh"] = "true"
        return response

    # -- files -----------------------------------------------------------------
    @expose("/<int:record_id>/problems")
    @signed_in
    def problems(self, record_id: int) -> Response:
        """The refused rows as they were, with the reason in front."""
        job = imports.get_job(record_id, actor=current_actor())
        return _sent(as_csv(job, import_fields(get_entity(job.target), current_actor())), f"refused-{job.id}.csv")

    @expose("/template")
    @signed_in
    def template(self) -> Response:
        """An empty file with the headers that an import understands, required ones first."""
        actor = current_actor()
        entity = find_entity(request.args.get("entity", ""))
        if entity is None or Right.IMPORT not in entity.rights or not actor.may(Right.IMPORT, entity.name):
            raise NotFound()
        return _sent(template_csv(import_fields(entity, actor).values()), f"{entity.name}-template.csv")


def _sent(text: str, filename: str) -> Response:
    response = make_response(text)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response
