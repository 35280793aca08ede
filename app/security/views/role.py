"""Roles: a page with the whole grid of rights."""

from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import expose
from werkzeug import Response

from app.core.actor import Actor, Right, current_actor
from app.core.database import unit_of_work
from app.core.entity import entities
from app.core.errors import BadRequest
from app.core.i18n import _
from app.core.presentation import record_url
from app.core.views.access import requires
from app.core.views.records import EntityView
from app.security.models import ROLE, Level
from app.security.services.role import RoleService
from app.security.services.roles import rights_held, set_rights


class RoleView(EntityView):
    """Roles and what they may do."""

    entity = ROLE
    service_class = RoleService
    record_template = "security/role.html"

    def record_extras(self, record: Any, actor: Actor) -> dict[str, Any]:
        scope = next((s.level for s in record.scopes if (s.entity, s.right) == ("*", "*")), Level.NONE)
        return {"grid": list(entities()), "rights": list(Right), "held": rights_held(record), "level": scope, "levels": list(Level)}

    @expose("/<int:record_id>/rights", methods=["POST"])
    @requires(Right.EDIT)
    def rights(self, record_id: int) -> Response:
        """Replace the grid of a role."""
        actor = current_actor()
        wanted = {(right, entity) for text in request.form.getlist("grant") for right, _dot, entity in [text.partition(".")]}
        try:
            level = Level(request.form.get("level", ""))
        except ValueError as error:
            raise BadRequest() from error
        with unit_of_work() as session:
            role = RoleService().get(record_id, actor=actor, right=Right.EDIT)
            set_rights(session, role, wanted, level, actor=actor)
        flash(_("Saved. It holds from everybody's next click on."), "success")
        return redirect(record_url(ROLE, record_id))
