"""Stages: the columns of a funnel, and what it means to stand in one."""

from decimal import Decimal

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app.core import fields
from app.core.choices import Choice
from app.core.entity import CONFIGURATION_RIGHTS, Related, Section, entity, relate
from app.core.i18n import _l
from app.core.models.record import Bilingual, Record
from app.sales.models.pipeline import PIPELINE, Pipeline


class StageKind(Choice):
    """What a stage means for reports, the same in every pipeline."""

    OPEN = "open", _l("Open"), "blue"
    WON = "won", _l("Won"), "green"
    LOST = "lost", _l("Lost"), "red"
    INVALID = "invalid", _l("Invalid"), "secondary"

    @property
    def is_closed(self) -> bool:
        return self is not StageKind.OPEN


class Stage(Bilingual, Record):
    """A step of a pipeline."""

    __tablename__ = "stage"
    __table_args__ = (UniqueConstraint("pipeline_id", "key"),)

    pipeline_id: Mapped[int] = fields.reference("pipeline", _l("Pipeline"), required=True)
    key: Mapped[str] = fields.text(_l("Key"), 40, required=True, help=_l("Small letters, digits and _; stays when the name changes."))
    position: Mapped[int] = fields.integer(_l("Position"), required=True, default=10)
    kind: Mapped[StageKind] = fields.choice(StageKind, _l("Kind"), required=True, default=StageKind.OPEN)
    probability: Mapped[Decimal] = fields.percent(_l("Probability"), required=True, default=Decimal(0))
    warn_days: Mapped[int | None] = fields.integer(_l("Amber after days"), maximum=3650, help=_l("Cards that stay longer are marked."))
    expected_days: Mapped[int | None] = fields.integer(_l("Expected days"), maximum=3650, help=_l("Cards that stay longer are overdue."))

    pipeline: Mapped[Pipeline] = relationship(foreign_keys=[pipeline_id])


STAGE = entity(
    Stage,
    label=_l("Stage"),
    plural=_l("Stages"),
    description=_l("The steps of a pipeline, with the probability of winning."),
    icon="stairs-up",
    path="/stages",
    columns=("name_zh", "name_en", "pipeline_id", "position", "kind", "probability", "warn_days", "expected_days"),
    sections=(
        Section(_l("Stage"), ("pipeline_id", "name_zh", "name_en", "key", "position", "kind")),
        Section(_l("Expectations"), ("probability", "warn_days", "expected_days")),
    ),
    facts=("pipeline_id", "kind", "probability"),
    search=("name_zh", "name_en", "key"),
    sort="position",
    filters=("pipeline_id", "kind"),
    rights=CONFIGURATION_RIGHTS,
    state="kind",
    in_menu=False,  # reached through its pipeline
)
relate(PIPELINE, Related("stage", "pipeline_id"))
