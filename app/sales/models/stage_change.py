"""Stage changes: the history of an opportunity in the funnel, append-only."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, event
from sqlalchemy.orm import Mapped, relationship

from app.core import fields
from app.core.actor import Right
from app.core.entity import entity
from app.core.i18n import _l
from app.core.models.record import Record
from app.sales.models.opportunity import Opportunity
from app.sales.models.pipeline import Pipeline
from app.sales.models.stage import Stage


class StageChange(Record):
    """One move: the stage that was left, how long it had lasted, the stage that was entered, by `created_by`.

    `left_at` is the moment of the move. The first row of an opportunity leaves no stage; its `entered_at` is
    the day of opening, when that is known from elsewhere.
    """

    __tablename__ = "stage_change"
    __table_args__ = (
        Index(None, "opportunity_id", "left_at", "id"),
        Index(None, "to_stage_id", "left_at"),
        Index(None, "from_stage_id", "seconds"),
    )
    scope_parent = "opportunity_id"

    opportunity_id: Mapped[int] = fields.reference("opportunity", _l("Opportunity"), required=True, readonly=True, index=False)
    pipeline_id: Mapped[int] = fields.reference("pipeline", _l("Pipeline"), required=True, readonly=True, index=False)
    from_stage_id: Mapped[int | None] = fields.reference("stage", _l("From stage"), readonly=True, index=False)
    to_stage_id: Mapped[int] = fields.reference("stage", _l("To stage"), required=True, readonly=True, index=False)
    entered_at: Mapped[datetime | None] = fields.moment(_l("Entered at"), readonly=True)
    left_at: Mapped[datetime] = fields.moment(_l("Left at"), required=True, readonly=True)
    seconds: Mapped[int | None] = fields.integer(_l("Seconds"), readonly=True)
    amount: Mapped[Decimal | None] = fields.money(_l("Amount"), readonly=True)
    probability: Mapped[Decimal | None] = fields.percent(_l("Probability"), readonly=True)
    # The move happened earlier than it was written down: an import, or a correction.
    historic: Mapped[bool] = fields.boolean(_l("Entered later"), readonly=True)

    opportunity: Mapped[Opportunity] = relationship(foreign_keys=[opportunity_id])
    pipeline: Mapped[Pipeline] = relationship(foreign_keys=[pipeline_id])
    from_stage: Mapped[Stage | None] = relationship(foreign_keys=[from_stage_id])
    to_stage: Mapped[Stage] = relationship(foreign_keys=[to_stage_id])


@event.listens_for(StageChange, "before_update")
@event.listens_for(StageChange, "before_delete")
def _append_only(_mapper: Any, _connection: Any, change: StageChange) -> None:
    raise TypeError(f"stage change {change.id} is history and stays as it is")


STAGE_CHANGE = entity(
    StageChange,
    label=_l("Stage change"),
    plural=_l("Stage changes"),
    description=_l("Every move of an opportunity through the funnel."),
    icon="history",
    path="/stage-changes",
    columns=("left_at", "from_stage_id", "to_stage_id", "seconds", "amount", "probability", "created_by_id"),
    search=(),
    sort="-left_at",
    rights=(Right.VIEW,),
    in_menu=False,
)
