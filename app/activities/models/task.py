"""Tasks: what somebody has to do until when."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from app.core import fields
from app.core.choices import Choice
from app.core.entity import SavedView, Section, entity
from app.core.i18n import _l
from app.core.models.record import Attached, Owned


class TaskStatus(Choice):
    """Whether there is still something to do."""

    OPEN = "open", _l("To do"), "blue"
    DONE = "done", _l("Done"), "green"
    CANCELLED = "cancelled", _l("Cancelled"), "secondary"


class TaskPriority(Choice):
    """How much it presses."""

    HIGH = "high", _l("High"), "red"
    NORMAL = "normal", _l("Normal"), "blue"
    LOW = "low", _l("Low"), "secondary"


class Task(Owned, Attached):
    """The owner is who has to do it; it may be about a record."""

    __tablename__ = "task"
    __table_args__ = (
        Index(None, "due_at", "id"),
        Index(None, "owner_id", "status", "due_at", "id"),
        Index(None, "department_id", "status", "due_at", "id"),
    )

    subject: Mapped[str] = fields.text(_l("Subject"), 200, required=True, synonyms=("任务", "主题", "title"))
    due_at: Mapped[datetime | None] = fields.moment(_l("Due"), synonyms=("截止时间", "deadline"))
    priority: Mapped[TaskPriority] = fields.choice(TaskPriority, _l("Priority"), required=True, default=TaskPriority.NORMAL)
    status: Mapped[TaskStatus] = fields.choice(TaskStatus, _l("Status"), required=True, readonly=True, default=TaskStatus.OPEN)
    about: Mapped[str | None] = fields.text(_l("About"), 200, readonly=True)
    completed_at: Mapped[datetime | None] = fields.moment(_l("Completed at"), readonly=True)
    body: Mapped[str | None] = fields.long_text(_l("Description"))


TASK = entity(
    Task,
    label=_l("Task"),
    plural=_l("Tasks"),
    description=_l("What has to be done, by whom and until when."),
    icon="checkbox",
    path="/tasks",
    columns=("subject", "status", "priority", "due_at", "about", "owner_id"),
    sections=(Section(_l("Task"), ("subject", "due_at", "priority", "owner_id", "body")),),
    carried=("entity", "record_id"),
    facts=("status", "priority", "due_at", "owner_id", "completed_at"),
    search=("subject", "about"),
    sort="due_at",
    filters=("status", "priority", "owner_id", "due_at"),
    views=(
        SavedView("mine", _l("My open tasks"), ("owner_id:eq:me", "status:eq:open"), "due_at"),
        SavedView("today", _l("Due today"), ("owner_id:eq:me", "status:eq:open", "due_at:eq:today"), "due_at"),
        SavedView("overdue", _l("Overdue"), ("status:eq:open", "due_at:lt:now"), "due_at"),
        SavedView("done", _l("Done"), ("status:eq:done",), "-updated_at"),
    ),
    quick_create=True,
    state="status",
)
