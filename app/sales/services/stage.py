"""Stages: a result has its own probability, and what is in use keeps its meaning."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core.actor import SYSTEM, Actor, acting_as
from app.core.errors import InvalidValues, RuleViolation
from app.core.i18n import _l
from app.core.rules.keys import is_key
from app.core.services.records import TAKEN, EntityService
from app.sales.models import STAGE, Opportunity, Stage, StageKind
from app.sales.services.pipeline import BAD_KEY

IN_USE = _l("There are opportunities in this stage. Move them first.")
RESULT = {StageKind.WON: Decimal(100), StageKind.LOST: Decimal(0), StageKind.INVALID: Decimal(0)}


class StageService(EntityService[Stage]):
    """Stages."""

    entity = STAGE

    def check(self, typed: dict[str, Any], record: Stage | None, actor: Actor) -> None:
        after = {name: typed.get(name, getattr(record, name, None)) for name in ("pipeline_id", "key", "kind")}
        if not is_key(after["key"] or ""):
            raise InvalidValues({"key": BAD_KEY})
        self._check_unique(after["pipeline_id"], after["key"], record)
        if record is not None and self._is_used(record):
            moved = [name for name in ("pipeline_id", "kind") if after[name] != getattr(record, name)]
            if moved:
                raise InvalidValues(dict.fromkeys(moved, IN_USE))
        if after["kind"] in RESULT:
            typed["probability"] = RESULT[after["kind"]]

    def _check_unique(self, pipeline_id: Any, key: Any, record: Stage | None) -> None:
        same = select(Stage.id).where(Stage.pipeline_id == pipeline_id, Stage.key == key).execution_options(with_deleted=True)
        if self.session.scalar(same) not in {None, record.id if record else None}:
            raise InvalidValues({"key": TAKEN})

    def check_delete(self, record: Stage, actor: Actor) -> None:
        if self._is_used(record):
            raise RuleViolation(IN_USE)

    def _is_used(self, record: Stage) -> bool:
        """By any opportunity, also one that this administrator of stages may not see."""
        used = select(Opportunity.id).where((Opportunity.stage_id == record.id) | (Opportunity.furthest_stage_id == record.id)).limit(1)
        with acting_as(SYSTEM):
            return self.session.scalar(used.execution_options(with_deleted=True)) is not None
