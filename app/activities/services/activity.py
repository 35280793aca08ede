"""Follow-ups: what they tell the record they are about."""

from typing import Any

from sqlalchemy import or_, select, update

from app.activities.models import ACTIVITY, Activity
from app.activities.services.attached import AttachedService
from app.core.actor import Actor
from app.core.entity import Entity, get_entity
from app.core.services.audit import Changes, record_change


class ActivityService(AttachedService[Activity]):
    """Follow-ups."""

    entity = ACTIVITY

    def created(self, record: Activity, actor: Actor) -> None:
        self._tell_anchor(record, actor)

    def updated(self, record: Activity, changes: Changes, actor: Actor) -> None:
        if changes.keys() & {"at", "kind", "next_follow_up_on"}:
            self._tell_anchor(record, actor)

    def _tell_anchor(self, activity: Activity, actor: Actor) -> None:
        """Last activity and next follow-up of the record, where it has them.

        Statements, not objects: whoever may follow up need not have the right to edit, and an
        open form of the record must not become stale because of a call.
        """
        anchor = get_entity(str(activity.entity))
        model: Any = anchor.model
        this = model.id == activity.record_id
        if hasattr(model, "last_activity_at") and activity.kind.is_contact:
            older = or_(model.last_activity_at.is_(None), model.last_activity_at < activity.at)
            self._set(update(model).where(this, older).values(last_activity_at=activity.at))
        if hasattr(model, "next_follow_up_on") and activity.next_follow_up_on is not None:
            self._plan_next(anchor, activity, actor)

    def _plan_next(self, anchor: Entity, activity: Activity, actor: Actor) -> None:
        model: Any = anchor.model
        this = model.id == activity.record_id
        before = self.session.scalar(select(model.next_follow_up_on).where(this))
        if before != activity.next_follow_up_on:
            self._set(update(model).where(this).values(next_follow_up_on=activity.next_follow_up_on))
            changes = {"next_follow_up_on": (before, activity.next_follow_up_on)}
            record_change(self.session, actor, anchor.name, activity.record_id, "update", changes)

    def _set(self, statement: Any) -> None:
        self.session.execute(statement.execution_options(synchronize_session="fetch"))
