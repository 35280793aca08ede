"""Tasks: done, reopened, given to somebody else."""

from typing import Any

from sqlalchemy import select

from app.activities.models import TASK, Task, TaskStatus
from app.activities.services.attached import AttachedService
from app.core.actor import Actor, Right
from app.core.errors import RuleViolation, StaleRecord
from app.core.i18n import _l
from app.core.types import utc_now


class TaskService(AttachedService[Task]):
    """Tasks."""

    entity = TASK
    must_hang = False

    def complete(self, task_id: int, *, actor: Actor, version: int | None = None) -> Task:
        """Tick it off."""
        return self._move(task_id, TaskStatus.DONE, actor, version)

    def cancel(self, task_id: int, *, actor: Actor, version: int | None = None) -> Task:
        """It need not be done any more."""
        return self._move(task_id, TaskStatus.CANCELLED, actor, version)

    def reopen(self, task_id: int, *, actor: Actor, version: int | None = None) -> Task:
        """It has to be done after all."""
        return self._move(task_id, TaskStatus.OPEN, actor, version)

    def _move(self, task_id: int, status: TaskStatus, actor: Actor, version: int | None) -> Task:
        task = self.get(task_id, actor=actor, right=Right.EDIT)
        if version is not None and task.version != version:
            raise StaleRecord(current=task.version)
        if task.status is status:
            raise RuleViolation(_l("This task is already “%(status)s”.", status=status.label))
        if TaskStatus.OPEN not in (task.status, status):
            raise RuleViolation(_l("Only an open task can be done or cancelled. Reopen it first."))
        typed: dict[str, Any] = {"status": status, "completed_at": utc_now() if status is TaskStatus.DONE else None}
        actions = {TaskStatus.DONE: "complete", TaskStatus.CANCELLED: "cancel", TaskStatus.OPEN: "reopen"}
        self.change(task, typed, actor=actor, action=actions[status])
        return task

    def open_of(self, owner_id: int, *, limit: int = 10) -> list[Task]:
        """What a person has to do next, the earliest first: for the home page."""
        mine = (Task.owner_id == owner_id, Task.status == TaskStatus.OPEN)
        return list(self.session.scalars(select(Task).where(*mine).order_by(Task.due_at.is_(None), Task.due_at, Task.id).limit(limit)))
