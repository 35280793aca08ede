"""Users: the kit's pages, plus roles and passwords."""

from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import expose
from sqlalchemy import select
from werkzeug import Response

from app.core.actor import Actor, Right, current_actor
from app.core.database import unit_of_work
from app.core.errors import InvalidValues
from app.core.i18n import _
from app.core.presentation import record_url
from app.core.views.access import requires
from app.core.views.records import EntityView
from app.extensions import db
from app.security.models import USER, CrmRole
from app.security.services.user import UserService


class UserView(EntityView):
    """Accounts with their roles."""

    entity = USER
    service_class = UserService
    record_template = "security/user.html"

    def record_extras(self, record: Any, actor: Actor) -> dict[str, Any]:
        return {"roles": list(db.session.scalars(select(CrmRole).order_by(CrmRole.id))), "held": {role.id for role in record.roles}}

    @expose("/<int:record_id>/roles", methods=["POST"])
    @requires(Right.EDIT)
    def roles(self, record_id: int) -> Response:
        """Replace the roles of a user."""
        actor = current_actor()
        wanted = request.form.getlist("role", type=int)
        with unit_of_work() as session:
            user = UserService().get(record_id, actor=actor, right=Right.EDIT)
            roles = list(session.scalars(select(CrmRole).where(CrmRole.id.in_(wanted))))
            UserService().set_roles(user, roles, actor=actor)
        flash(_("Saved."), "success")
        return redirect(record_url(USER, record_id))

    @expose("/<int:record_id>/password", methods=["POST"])
    @requires(Right.EDIT)
    def password(self, record_id: int) -> Response:
        """Give a user a new password."""
        actor = current_actor()
        try:
            with unit_of_work():
                service = UserService()
                user = service.get(record_id, actor=actor, right=Right.EDIT)
                service.set_password(user, request.form.get("password", ""), actor=actor)
        except InvalidValues as refusal:
            flash(str(next(iter(refusal.problems.values()))), "danger")
        else:
            flash(_("The password has been set."), "success")
        return redirect(record_url(USER, record_id))
