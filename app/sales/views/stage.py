"""Stages: the kit's pages, and a picker in the order of the funnel."""

from flask import Response, jsonify, request
from flask_appbuilder import expose
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from app.core.actor import Right
from app.core.views.access import requires
from app.core.views.records import EntityView
from app.extensions import db
from app.sales.models import STAGE, Pipeline, Stage
from app.sales.services.stage import StageService


class StageView(EntityView):
    """Stages."""

    entity = STAGE
    service_class = StageService

    @expose("/options")
    @requires(Right.VIEW)
    def options(self) -> Response:
        """Stages of the active pipelines, first to last; the pipeline tells namesakes apart."""
        statement = select(Stage).join(Stage.pipeline).options(contains_eager(Stage.pipeline)).where(Pipeline.active.is_(True))
        found = db.session.scalars(statement.order_by(Pipeline.is_default.desc(), Pipeline.position, Stage.position, Stage.id).limit(200))
        asked = request.args.get("q", "").strip().lower()
        shown = [s for s in found if asked in s.name.lower() or asked in s.key or asked in s.pipeline.name.lower()]
        return jsonify([{"id": s.id, "text": s.name, "hint": s.pipeline.name} for s in shown[:50]])
