"""The timeline panel of record pages, with its composer."""

from typing import Any

from flask import make_response, render_template, request
from flask_appbuilder import BaseView, expose

from app.activities.models import ACTIVITY, TASK, ActivityKind
from app.activities.services.activity import ActivityService
from app.activities.services.attached import find_anchor
from app.activities.services.task import TaskService
from app.activities.services.timeline import read_place, timeline_of
from app.core.actor import Actor, Right, current_actor
from app.core.database import unit_of_work
from app.core.errors import InvalidValues, NotFound, RuleViolation
from app.core.i18n import Text
from app.core.types import utc_now
from app.core.views.access import requires
from app.core.views.forms import EntityForm, build_form
from app.extensions import db

FOLLOW_UP = ("kind", "subject", "at", "body", "next_step", "next_follow_up_on")
COMPOSERS: dict[str, tuple[Any, type[Any], tuple[str, ...]]] = {
    "follow_up": (ACTIVITY, ActivityService, FOLLOW_UP),
    "task": (TASK, TaskService, ("subject", "due_at", "priority", "owner_id")),
    "note": (ACTIVITY, ActivityService, ("subject", "body")),
}


class TimelineView(BaseView):
    """What happened with a record."""

    route_base = "/timeline"
    class_permission_name = ACTIVITY.name

    @expose("/<entity>/<int:record_id>")
    @requires(Right.VIEW)
    def panel(self, entity: str, record_id: int) -> str:
        """The newest events below the composer; with `after`, the older ones only."""
        return self._draw(entity, record_id, older=request.args.get("after", "")[:300])

    @expose("/<entity>/<int:record_id>/<what>", methods=["POST"])
    @requires(Right.CREATE)
    def add(self, entity: str, record_id: int, what: str) -> Any:
        """A follow-up, a task or a note from the composer."""
        if what not in COMPOSERS:
            raise NotFound()
        actor = current_actor()
        find_anchor(db.session(), entity, record_id, actor)
        form = self._form(what, actor)
        try:
            values = _submitted(form) | {"entity": entity, "record_id": record_id}
            if what == "note":
                values["kind"] = ActivityKind.NOTE
            with unit_of_work():
                COMPOSERS[what][1]().create(values, actor=actor)
        except RuleViolation as refusal:
            return make_response(self._draw(entity, record_id, failed=(what, form), messages=_place_problems(form, refusal)), 422)
        return self._draw(entity, record_id)

    def _form(self, what: str, actor: Actor) -> EntityForm:
        entity, _service, names = COMPOSERS[what]
        return build_form(entity, actor, names=names, prefix=what)

    def _draw(
        self,
        entity: str,
        record_id: int,
        *,
        older: str = "",
        failed: tuple[str, EntityForm] | None = None,
        messages: list[str] | None = None,
    ) -> str:
        actor = current_actor()
        anchor, record = find_anchor(db.session(), entity, record_id, actor)
        events, place = timeline_of(db.session(), anchor, record.id, actor, read_place(older))
        template = "activities/_happenings.html" if older else "activities/_timeline.html"
        return render_template(
            template,
            anchor=anchor,
            record=record,
            events=events,
            older_url=f"/timeline/{anchor.name}/{record.id}?after={place.text()}" if place else None,
            forms={} if older else self._forms(actor, failed),
            opened=failed[0] if failed else None,
            messages=messages or [],
        )

    def _forms(self, actor: Actor, failed: tuple[str, EntityForm] | None) -> dict[str, EntityForm]:
        """Blank forms for what this person may add, and the refused one as it was typed."""
        allowed = [what for what, (entity, _s, _n) in COMPOSERS.items() if actor.may(Right.CREATE, entity.name)]
        return {what: failed[1] if failed and failed[0] == what else _blank(what, actor) for what in allowed}


def _blank(what: str, actor: Actor) -> EntityForm:
    entity, _service, names = COMPOSERS[what]
    return build_form(entity, actor, names=names, defaults=_prefilled(what), prefix=what, formdata=None)


def _prefilled(what: str) -> dict[str, Any]:
    return {"at": utc_now()} if what == "follow_up" else {}


def _submitted(form: EntityForm) -> dict[str, Any]:
    if not form.validate():
        raise InvalidValues({name: problems[0] for name, problems in form.errors.items() if name and problems})
    return form.values()


def _place_problems(form: EntityForm, refusal: RuleViolation) -> list[str]:
    """Sentences beside their fields; what has no field comes back for the top."""
    if not isinstance(refusal, InvalidValues):
        return [str(refusal.sentence)]
    known = {name for name, problems in form.errors.items() if problems}
    left: dict[str, Text] = {n: s for n, s in refusal.problems.items() if n not in known}
    return form.add_problems(left)
