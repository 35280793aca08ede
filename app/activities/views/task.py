"""Tasks: the kit's pages, and the ticks."""

from typing import Any

from flask import Response, flash, redirect, request
from flask_appbuilder import expose

from app.activities.models import TASK, TaskStatus
from app.activities.services.task import TaskService
from app.activities.views.anchor import anchor_link
from app.core.actor import Actor, Right, current_actor
from app.core.database import unit_of_work
from app.core.i18n import _
from app.core.presentation import record_url
from app.core.views.access import requires
from app.core.views.links import own_path
from app.core.views.records import EntityView


class TaskView(EntityView):
    """Tasks."""

    entity = TASK
    service_class = TaskService
    record_template = "activities/task.html"
    form_template = "activities/form.html"

    def record_extras(self, record: Any, actor: Actor) -> dict[str, Any]:
        return {"anchor": anchor_link(record, actor), "is_open": record.status is TaskStatus.OPEN}

    @expose("/<int:record_id>/complete", methods=["POST"])
    @requires(Right.EDIT)
    def complete(self, record_id: int) -> Response:
        """Done."""
        with unit_of_work():
            task = TaskService().complete(record_id, actor=current_actor(), version=self.seen_version(optional=True))
            subject = task.subject
        return self._back(record_id, _("“%(title)s” is done.", title=subject))

    @expose("/<int:record_id>/cancel", methods=["POST"])
    @requires(Right.EDIT)
    def cancel(self, record_id: int) -> Response:
        """Not needed any more."""
        with unit_of_work():
            TaskService().cancel(record_id, actor=current_actor(), version=self.seen_version(optional=True))
        return self._back(record_id, _("The task has been cancelled."))

    @expose("/<int:record_id>/reopen", methods=["POST"])
    @requires(Right.EDIT)
    def reopen(self, record_id: int) -> Response:
        """To be done after all."""
        with unit_of_work():
            TaskService().reopen(record_id, actor=current_actor(), version=self.seen_version(optional=True))
        return self._back(record_id, _("The task is open again."))

    def _back(self, record_id: int, sentence: str) -> Response:
        flash(sentence, "success")
        return redirect(own_path(request.form.get("back"), record_url(TASK, record_id)))  # type: ignore[return-value]
