"""Opportunities: the kit's pages, the stage bar, moves, and the way through the funnel."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request
from flask_appbuilder import expose
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.core.actor import Actor, Right, current_actor
from app.core.database import unit_of_work
from app.core.errors import BadRequest, InvalidValues, RuleViolation, wants_json
from app.core.i18n import _
from app.core.presentation import record_url
from app.core.views.access import requires
from app.core.views.records import EntityView
from app.extensions import db
from app.sales.models import OPPORTUNITY, Opportunity, StageChange, StageKind
from app.sales.services.board import Board
from app.sales.services.opportunity import OpportunityService
from app.sales.services.stages import load_funnel
from app.sales.settings import company_currency
from app.sales.views.board import asked_funnel, loss_reasons, shown_figures


class OpportunityView(EntityView):
    """Opportunities."""

    entity = OPPORTUNITY
    service_class = OpportunityService
    record_template = "sales/opportunity.html"

    def defaults(self, actor: Actor) -> dict[str, Any]:
        """A new one starts in the first stage, in the company's currency."""
        first = load_funnel(db.session()).of_kind(StageKind.OPEN)[:1]
        return {"currency": company_currency(), "stage_id": first[0].id if first else None, **super().defaults(actor)}

    def record_extras(self, record: Opportunity, actor: Actor) -> dict[str, Any]:
        """The stage bar: the way of open stages, then winning; losing asks for a reason first."""
        funnel = load_funnel(db.session(), record.pipeline_id)
        way = funnel.of_kind(StageKind.OPEN, StageKind.WON)
        lost = funnel.of_kind(StageKind.LOST, StageKind.INVALID)
        return {"steps": [_step(stage, record) for stage in way], "lost_stages": lost, "loss_reasons": loss_reasons()}

    @expose("/<int:record_id>/move", methods=["POST"])
    @requires(Right.EDIT)
    def move(self, record_id: int) -> Any:
        """Another stage: from the board (answered with the new sums) or from the stage bar."""
        actor = current_actor()
        target, reason, note = request.form.get("stage", type=int), request.form.get("loss_reason"), request.form.get("loss_note")
        if target is None:
            raise BadRequest()
        try:
            with unit_of_work():
                moved = OpportunityService().move_to_stage(
                    record_id, target, actor=actor, version=self.seen_version(), loss_reason=reason, loss_note=note
                )
        except InvalidValues as refusal:
            raise RuleViolation(" ".join(str(sentence) for sentence in refusal.problems.values())) from refusal
        if wants_json():
            return jsonify(version=moved.version, columns=_column_figures(actor))
        flash(_("“%(title)s” is now in %(stage)s.", title=moved.title, stage=moved.stage.name), "success")
        return redirect(record_url(OPPORTUNITY, record_id))

    @expose("/<int:record_id>/stages")
    @requires(Right.VIEW)
    def stages(self, record_id: int) -> str:
        """The way through the funnel, newest first."""
        record = self.service.get(record_id, actor=current_actor())
        related = (selectinload(StageChange.from_stage), selectinload(StageChange.to_stage), selectinload(StageChange.created_by))
        mine = select(StageChange).where(StageChange.opportunity_id == record.id).options(*related)
        changes = db.session.scalars(mine.order_by(StageChange.left_at.desc(), StageChange.id.desc()).limit(200)).all()
        return render_template("sales/_stages.html", changes=changes, record=record)


def _step(stage: Any, record: Opportunity) -> dict[str, Any]:
    """A step of the stage bar: done, current, or still to come."""
    current = record.stage_id == stage.id
    won = record.status is StageKind.WON
    state = "won" if current and won else "current" if current else "todo"
    if not current and record.status in (StageKind.OPEN, StageKind.WON) and stage.position < record.stage.position:
        state = "done"
    return {"label": stage.name, "value": None if current else stage.id, "state": state}


def _column_figures(actor: Actor) -> dict[str, dict[str, str]]:
    """The sums of every column of the board that the card was moved on."""
    funnel, selection = asked_funnel()
    figures = Board(db.session(), actor, selection.base).figures()
    return {str(stage.id): shown_figures(stage, figures) for stage in funnel.stages}
