"""Telling the moves of opportunities on timelines: their own, and those of their customer and contact."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, selectinload

from app.activities.services.timeline import Happening, Place
from app.core.actor import Actor, Right
from app.core.entity import Entity
from app.core.i18n import _l
from app.core.presentation import record_url
from app.sales.models import OPPORTUNITY, Opportunity, StageChange

# {entity: the column by which an opportunity names its record}
TOLD_ON = {"opportunity": Opportunity.id, "customer": Opportunity.customer_id, "contact": Opportunity.contact_id}


def moves_told(session: Session, entity: Entity, record_id: int, actor: Actor, place: Place | None, limit: int) -> Iterable[Happening]:
    """The moves from stage to stage, newest first; the record itself tells of the first stage, when it is made."""
    column = TOLD_ON.get(entity.name)
    if column is None or not actor.may(Right.VIEW, OPPORTUNITY.name):
        return
    statement = (
        select(StageChange)
        .join(StageChange.opportunity)
        .where(column == record_id, StageChange.from_stage_id.is_not(None))
        .options(contains_eager(StageChange.opportunity), selectinload(StageChange.from_stage))
        .options(selectinload(StageChange.to_stage), selectinload(StageChange.created_by))
        .order_by(StageChange.left_at.desc(), StageChange.id.desc())
        .limit(limit)
    )
    if place is not None:
        statement = statement.where(place.older(StageChange.left_at, StageChange.id, "stage"))
    for move in session.scalars(statement):
        elsewhere = entity is not OPPORTUNITY
        heading = _l("From “%(source)s” to “%(target)s”", source=str(move.from_stage), target=str(move.to_stage))
        yield Happening(
            move.left_at, move.id, move.opportunity.name if elsewhere else heading, "stairs-up", move.to_stage.kind.color,
            str(move.created_by or ""), note=heading if elsewhere else "",
            url=record_url(OPPORTUNITY, move.opportunity_id) if elsewhere else None, source="stage",
        )  # fmt: skip
