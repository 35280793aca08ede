"""Files of a record: the panel with its upload, downloads, removal."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, send_file
from flask_appbuilder import BaseView, expose

from app.activities.models import ATTACHMENT
from app.activities.services.attached import find_anchor
from app.activities.services.attachment import AttachmentService
from app.core.actor import Right, current_actor
from app.core.database import unit_of_work
from app.core.errors import InvalidValues, RuleViolation
from app.core.i18n import _
from app.core.presentation import record_url
from app.core.views.access import requires
from app.extensions import db


class AttachmentView(BaseView):
    """Files."""

    route_base = ATTACHMENT.path
    class_permission_name = ATTACHMENT.name

    @expose("/of/<entity>/<int:record_id>")
    @requires(Right.VIEW)
    def panel(self, entity: str, record_id: int) -> str:
        """The files of a record and, for who may, the place to drop more."""
        return self._draw(entity, record_id)

    @expose("/of/<entity>/<int:record_id>", methods=["POST"])
    @requires(Right.CREATE)
    def upload(self, entity: str, record_id: int) -> Any:
        """Take in one or several files: all of them, or none."""
        actor = current_actor()
        files = [file for file in request.files.getlist("file") if file.filename]
        try:
            with unit_of_work():
                for file in files:
                    AttachmentService().upload(entity, record_id, file.stream, file.filename or "", actor=actor)
            problems = [] if files else [_("Choose a file first.")]
        except RuleViolation as refusal:
            problems = _sentences(refusal)
        if request.headers.get("HX-Request"):
            return self._draw(entity, record_id, problems), 422 if problems else 200
        for problem in problems:
            flash(problem, "danger")
        anchor, record = find_anchor(db.session(), entity, record_id, actor)
        return redirect(record_url(anchor, record.id))

    @expose("/<int:attachment_id>")
    @requires(Right.VIEW)
    def download(self, attachment_id: int) -> Response:
        """The bytes, always as a download: nothing a stranger uploaded is ever shown as a page of ours."""
        attachment, path = AttachmentService().open(attachment_id, actor=current_actor())
        answer = send_file(
            path, mimetype=attachment.content_type, as_attachment=True, download_name=attachment.name, etag=attachment.sha256
        )
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        answer.headers["Cache-Control"] = "private, no-cache"
        return answer

    @expose("/<int:attachment_id>/delete", methods=["POST"])
    @requires(Right.DELETE)
    def delete(self, attachment_id: int) -> Any:
        """To the recycle bin; the bytes stay for the backups."""
        actor = current_actor()
        with unit_of_work():
            gone = AttachmentService().delete(attachment_id, actor=actor)
            entity, record_id, name = str(gone.entity), int(gone.record_id or 0), gone.name
        if request.headers.get("HX-Request"):
            return self._draw(entity, record_id)
        flash(_("“%(title)s” has been moved to the recycle bin.", title=name), "success")
        anchor, record = find_anchor(db.session(), entity, record_id, actor)
        return redirect(record_url(anchor, record.id))

    def _draw(self, entity: str, record_id: int, problems: list[str] | None = None) -> str:
        actor = current_actor()
        service = AttachmentService()
        files = service.of_record(entity, record_id, actor=actor)
        may = {
            "create": actor.may(Right.CREATE, ATTACHMENT.name),
            "delete": {f.id for f in files if service.reaches(f, actor, Right.DELETE)}
            if actor.may(Right.DELETE, ATTACHMENT.name)
            else set(),
        }
        return render_template("activities/_files.html", files=files, anchor=entity, record_id=record_id, may=may, problems=problems or [])


def _sentences(refusal: RuleViolation) -> list[str]:
    if isinstance(refusal, InvalidValues):
        return [str(sentence) for sentence in refusal.problems.values()]
    return [str(refusal.sentence)]
