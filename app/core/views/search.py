"""Jumping to a record: one box over everything that a person may open."""

from flask import Response, jsonify, request
from flask_appbuilder import BaseView, expose

from app.core.actor import Right, current_actor
from app.core.entity import entities
from app.core.presentation import record_url
from app.core.services.picking import pick_records
from app.core.shell import menu_order
from app.core.views.access import signed_in
from app.extensions import db

SHORTEST, PER_ENTITY = 2, 5


class SearchView(BaseView):
    """Answers the command palette."""

    route_base = "/search"
    default_view = "index"

    @expose("/")
    @signed_in
    def index(self) -> Response:
        """[{label, url, icon, hint, group}] of the best records of every entity."""
        actor, text = current_actor(), request.args.get("q", "").strip()[:100]
        found = []
        if len(text) >= SHORTEST:
            for entity in sorted(entities(), key=menu_order):
                if not (entity.in_menu and entity.search and actor.may(Right.VIEW, entity.name)):
                    continue
                for hit in pick_records(db.session(), entity, text, actor)[:PER_ENTITY]:
                    place = {"url": record_url(entity, hit["id"]), "icon": entity.icon, "group": str(entity.plural)}
                    found.append({"label": hit["text"], "hint": hit["hint"], **place})
        return jsonify(found)
