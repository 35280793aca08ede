"""Pipelines: one of them is the default, and those in use stay."""

from typing import Any

from sqlalchemy import select, update

from app.core.actor import Actor
from app.core.errors import InvalidValues, RuleViolation
from app.core.i18n import _l
from app.core.rules.keys import is_key
from app.core.services.audit import Changes
from app.core.services.records import EntityService
from app.sales.models import PIPELINE, Opportunity, Pipeline

BAD_KEY = _l("Small letters, digits and _ only, at most 40.")


class PipelineService(EntityService[Pipeline]):
    """Pipelines."""

    entity = PIPELINE

    def check(self, typed: dict[str, Any], record: Pipeline | None, actor: Actor) -> None:
        if "key" in typed and not is_key(typed["key"]):
            raise InvalidValues({"key": BAD_KEY})
        if record is not None and record.is_default:
            if typed.get("is_default") is False:
                raise InvalidValues({"is_default": _l("Make another pipeline the default instead.")})
            if typed.get("active") is False:
                raise InvalidValues({"active": _l("New opportunities start in the default pipeline; it cannot be switched off.")})

    def created(self, record: Pipeline, actor: Actor) -> None:
        self._only_one_default(record)

    def updated(self, record: Pipeline, changes: Changes, actor: Actor) -> None:
        if "is_default" in changes:
            self._only_one_default(record)

    def _only_one_default(self, record: Pipeline) -> None:
        if record.is_default:
            others = update(Pipeline).where(Pipeline.id != record.id, Pipeline.is_default.is_(True)).values(is_default=False)
            self.session.execute(others.execution_options(synchronize_session="fetch"))

    def check_delete(self, record: Pipeline, actor: Actor) -> None:
        if record.is_default:
            raise RuleViolation(_l("Make another pipeline the default before you delete this one."))
        if self.session.scalar(select(Opportunity.id).where(Opportunity.pipeline_id == record.id).limit(1)) is not None:
            raise RuleViolation(_l("There are opportunities in this pipeline. Switch it off instead of deleting it."))
