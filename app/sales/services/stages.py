"""Reading pipelines and stages for boards, reports and imports."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from app.core.errors import NotFound
from app.sales.models import Pipeline, Stage, StageKind


@dataclass(frozen=True)
class Funnel:
    """A pipeline with its stages in order, and the other pipelines to choose from."""

    pipeline: Pipeline
    stages: tuple[Stage, ...]
    pipelines: tuple[Pipeline, ...]

    def of_kind(self, *kinds: StageKind) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.stages if stage.kind in kinds)


def load_funnel(session: Session, pipeline_id: int | None = None) -> Funnel:
    """The asked pipeline, else the default one; everything in one statement."""
    statement = select(Stage).join(Stage.pipeline).options(contains_eager(Stage.pipeline))
    stages: Sequence[Stage] = session.scalars(
        statement.order_by(Pipeline.is_default.desc(), Pipeline.position, Pipeline.id, Stage.position, Stage.id)
    ).all()
    pipelines = tuple(dict.fromkeys(stage.pipeline for stage in stages if stage.pipeline.active or stage.pipeline_id == pipeline_id))
    chosen = next((p for p in pipelines if pipeline_id is None or p.id == pipeline_id), None)
    if chosen is None:
        raise NotFound()
    return Funnel(chosen, tuple(stage for stage in stages if stage.pipeline_id == chosen.id), pipelines)


def stages_by_key(session: Session) -> dict[str, int]:
    """{key: id} of the default pipeline."""
    return {stage.key: stage.id for stage in load_funnel(session).stages}
