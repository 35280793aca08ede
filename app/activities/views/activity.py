"""Follow-ups: the kit's pages; a new one knows the record it is about."""

from typing import Any

from app.activities.models import ACTIVITY
from app.activities.services.activity import ActivityService
from app.activities.views.anchor import anchor_link
from app.core.actor import Actor
from app.core.types import utc_now
from app.core.views.records import EntityView


class ActivityView(EntityView):
    """Follow-ups."""

    entity = ACTIVITY
    service_class = ActivityService
    record_template = "activities/attached.html"
    form_template = "activities/form.html"

    def defaults(self, actor: Actor) -> dict[str, Any]:
        return {"at": utc_now(), **super().defaults(actor)}

    def record_extras(self, record: Any, actor: Actor) -> dict[str, Any]:
        return {"anchor": anchor_link(record, actor)}
