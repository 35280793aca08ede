"""What hangs on any record: follow-ups, tasks, files."""

from app.activities.models.activity import ACTIVITY, Activity, ActivityKind, Direction
from app.activities.models.attachment import ATTACHMENT, Attachment
from app.activities.models.task import TASK, Task, TaskPriority, TaskStatus

__all__ = [
    "ACTIVITY",
    "ATTACHMENT",
    "TASK",
    "Activity",
    "ActivityKind",
    "Attachment",
    "Direction",
    "Task",
    "TaskPriority",
    "TaskStatus",
]
