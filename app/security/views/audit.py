"""The audit for administrators: who did what, newest first."""

from flask import render_template, request
from flask_appbuilder import BaseView, expose
from sqlalchemy import select

from app.core.actor import Right
from app.core.entity import entities
from app.core.errors import BadRequest
from app.core.models.audit import AuditEntry
from app.core.services.history import changes_in_words, titles_of
from app.core.views.access import requires
from app.extensions import db

SIZE = 50


class AuditView(BaseView):
    """A key-set paged list of entries with a few filters."""

    route_base = "/audit"
    class_permission_name = "audit"
    default_view = "index"

    @expose("/")
    @requires(Right.VIEW)
    def index(self) -> str:
        """The entries."""
        statement = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(SIZE + 1)
        entity, before, actor_id = request.args.get("entity", ""), request.args.get("before", ""), request.args.get("actor", "")
        for text in (before, actor_id):
            if text and not (text.isascii() and text.isdigit() and len(text) < 19):
                raise BadRequest()
        if entity:
            statement = statement.where(AuditEntry.entity == entity[:40])
        if actor_id:
            statement = statement.where(AuditEntry.actor_id == int(actor_id))
        if before:
            statement = statement.where(AuditEntry.id < int(before))
        found = list(db.session.scalars(statement))
        more = found[SIZE - 1].id if len(found) > SIZE else None
        names = {e.name: e for e in entities()}
        return render_template(
            "security/audit.html",
            entries=found[:SIZE],
            words=changes_in_words(db.session(), found[:SIZE]),
            titles=titles_of(db.session(), found[:SIZE]),
            next_before=more,
            entities=names,
            entity=entity,
            actor_id=actor_id,
        )
