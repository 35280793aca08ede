"""Opportunities: one function lets them enter a stage, whichever door the wish came through."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import contains_eager

from app.core.actor import Actor, Right, Source
from app.core.entity import get_entity
from app.core.errors import InvalidValues, StaleRecord
from app.core.i18n import _l
from app.core.services.audit import Changes
from app.core.services.records import EntityService
from app.core.types import utc_now
from app.customers.models import Contact, Customer
from app.sales.events import opportunity_stage_changed
from app.sales.models import OPPORTUNITY, Opportunity, Pipeline, Product, Stage, StageChange
from app.sales.rules import stages as rules
from app.sales.rules.amounts import in_company_currency, weighted
from app.sales.services.currency import read_currency

LATER = 60  # seconds after which a move counts as written down later
MACHINES = {Source.IMPORT, Source.JOB, Source.COMMAND}


class OpportunityService(EntityService[Opportunity]):
    """Opportunities."""

    entity = OPPORTUNITY

    # -- verbs -----------------------------------------------------------------
    def move_to_stage(
        self,
        record_id: int,
        target: int,
        *,
        actor: Actor,
        version: int | None,
        loss_reason: str | None = None,
        loss_note: str | None = None,
    ) -> Opportunity:
        """Let an opportunity enter another stage of any pipeline; the result's reason comes with it."""
        record = self.get(record_id, actor=actor, right=Right.EDIT)
        if version is not None and record.version != version:
            raise StaleRecord(current=record.version)
        wanted = {"stage_id": target, "loss_reason": loss_reason, "loss_note": loss_note}
        typed = self.read({name: value for name, value in wanted.items() if value}, actor, creating=False, record=record)
        self.check(typed, record, actor)
        self.change(record, typed, actor=actor, action="move")
        return record

    def add_many(self, rows: Sequence[dict[str, Any]], *, actor: Actor) -> list[Opportunity]:
        """A batch: everything the rows refer to is read beforehand, in one statement for each kind."""
        _kept = self._referred_to(rows)  # the session remembers records only as long as somebody holds them
        records = super().add_many(rows, actor=actor)
        self._write_history([self._move(record, None, None, actor) for record in records])
        for record in records:
            self._tell(record, None, actor)
        return records

    def _referred_to(self, rows: Sequence[dict[str, Any]]) -> list[Any]:
        held: list[Any] = []
        for field in self.entity.references():
            ids = {typed[field.name] for typed in rows if typed.get(field.name)}
            if len(ids) > 1 or len(rows) > 1:
                model = get_entity(str(field.target)).model
                held += self.session.scalars(select(model).where(model.id.in_(ids)))
        return held

    # -- rules -----------------------------------------------------------------
    def check(self, typed: dict[str, Any], record: Opportunity | None, actor: Actor) -> None:
        """Complete the wish: who and what, the stage with all that follows from it, the derived amounts."""
        self._complete_name(typed, record)
        self._complete_contact(typed, record)
        self._enter_stage(typed, record, actor)
        self._complete_amounts(typed, record)

    def _complete_name(self, typed: dict[str, Any], record: Opportunity | None) -> None:
        if _after(typed, record, "name"):
            return
        parts = [
            self.session.get(model, id_)
            for model, name in ((Customer, "customer_id"), (Product, "product_id"))
            if (id_ := _after(typed, record, name))
        ]
        made = " · ".join(str(part) for part in parts if part is not None)
        typed["name"] = (made or _after(typed, record, "external_id") or "")[:200] or None
        if typed["name"] is None:
            raise InvalidValues({"name": _l("Give it a name, or choose the customer or the product.")})

    def _complete_contact(self, typed: dict[str, Any], record: Opportunity | None) -> None:
        """A contact brings the customer along, and must not be somebody else's."""
        if not typed.get("contact_id"):
            return
        contact = self.session.get(Contact, typed["contact_id"])
        if contact is None:
            return  # refused at the flush, beside its field
        if not _after(typed, record, "customer_id"):
            typed["customer_id"] = contact.customer_id
        elif _after(typed, record, "customer_id") != contact.customer_id:
            raise InvalidValues({"contact_id": _l("This person belongs to another customer.")})

    def _enter_stage(self, typed: dict[str, Any], record: Opportunity | None, actor: Actor) -> None:
        """The one place where a stage, and everything that follows from it, is set."""
        before = self.stages.get(record.stage_id) if record is not None and record.stage_id else None
        target = self._target(typed, record)
        if target is not before:
            if not target.pipeline.active:
                raise InvalidValues({"stage_id": _l("This pipeline is switched off.")})
            _forget_result(typed, record, target)
        today = utc_now().astimezone(ZoneInfo(actor.timezone)).date()
        self._complete_days(typed, record, target, actor, today)
        stored = {name: getattr(record, name, None) for name in rules.BELONGS}
        result = rules.Result(*(_after(typed, record, name) for name in ("loss_reason", "loss_note", "closed_on", "opened_on")))
        problems = rules.strangers(target.kind, typed, stored) | rules.check_result(target.kind, result, today)
        if problems:
            raise InvalidValues(problems)
        typed["cycle_days"] = rules.cycle_of(target.kind, result.opened_on, result.closed_on)
        self._complete_probability(typed, record, before, target)
        if target is before:
            return
        moment = self._moment(result, record, target, actor, today)
        far = self.stages.get(record.furthest_stage_id) if record is not None and record.furthest_stage_id else None
        typed |= {
            "stage_id": target.id,
            "pipeline_id": target.pipeline_id,
            "status": target.kind,
            "stage_entered_at": moment,
            "closed_at": moment if target.kind.is_closed else None,
            "furthest_stage_id": rules.furthest_of(
                far if far and far.pipeline_id == target.pipeline_id else None, target, self._first(target.pipeline_id)
            ).id,
        }

    def _target(self, typed: dict[str, Any], record: Opportunity | None) -> Stage:
        wanted = _after(typed, record, "stage_id")
        if not wanted:
            return self._first(None)
        if wanted not in self.stages:
            raise InvalidValues({"stage_id": _l("There is no such stage.")})
        return self.stages[wanted]

    def _complete_days(self, typed: dict[str, Any], record: Opportunity | None, target: Stage, actor: Actor, today: date) -> None:
        """Closing happens today unless told; what a file does not know stays unknown, except that a closed one has a day."""
        by_machine = actor.source in MACHINES
        if target.kind.is_closed and not _after(typed, record, "closed_on"):
            typed["closed_on"] = today
        if record is None and not typed.get("opened_on") and not by_machine:
            typed["opened_on"] = min(today, typed.get("closed_on") or today)
        if target.kind is rules.LOST and by_machine and not _after(typed, record, "loss_reason"):
            typed["loss_reason"] = rules.NOT_RECORDED

    def _complete_probability(self, typed: dict[str, Any], record: Opportunity | None, before: Stage | None, target: Stage) -> None:
        """A figure that differs from the stage's is the person's own and survives moves while the opportunity is open."""
        stored = record.probability if record is not None else None
        given = typed.get("probability")
        if given is not None and given != stored:
            own = given if given != target.probability else None
        else:
            cleared = "probability" in typed and given is None
            own = stored if record is not None and record.probability_overridden and not cleared else None
        typed["probability"] = rules.probability_in(target, own)
        typed["probability_overridden"] = own is not None and not target.kind.is_closed

    def _moment(self, result: rules.Result, record: Opportunity | None, target: Stage, actor: Actor, today: date) -> datetime:
        """When the stage was entered: now, or the earlier day that was told; never before the stage that is left."""
        day = result.closed_on if target.kind.is_closed else (result.opened_on if record is None else None)
        if day is None or day >= today:
            return utc_now()
        start = datetime.combine(day, time.min, ZoneInfo(actor.timezone))
        return max(start, record.stage_entered_at) if record is not None else start

    def _complete_amounts(self, typed: dict[str, Any], record: Opportunity | None) -> None:
        if record is None or "currency" in typed:
            typed["currency"] = read_currency(typed.get("currency"))
        rate = _after(typed, record, "exchange_rate") or Decimal(1)
        typed["exchange_rate"] = rate
        typed["base_amount"] = in_company_currency(_after(typed, record, "amount"), rate)
        typed["weighted_amount"] = weighted(typed["base_amount"], typed["probability"])

    # -- consequences ----------------------------------------------------------
    def updated(self, record: Opportunity, changes: Changes, actor: Actor) -> None:
        if "stage_id" in changes:
            self._write_history([self._move(record, changes["stage_id"][0], changes["stage_entered_at"][0], actor)])
            self._tell(record, changes["stage_id"][0], actor)

    def _move(self, record: Opportunity, from_id: int | None, since: datetime | None, actor: Actor) -> dict[str, Any]:
        """The row of history for the stage that a record has just entered."""
        moment = record.stage_entered_at
        if from_id is None and record.opened_on is not None and record.status.is_closed:
            opened = datetime.combine(record.opened_on, time.min, ZoneInfo(actor.timezone))
            since = min(opened, moment)  # it came here closed: all we know is when it began
        return {
            "opportunity_id": record.id,
            "pipeline_id": record.pipeline_id,
            "from_stage_id": from_id,
            "to_stage_id": record.stage_id,
            "entered_at": since,
            "left_at": moment,
            "seconds": int((moment - since).total_seconds()) if since is not None else None,
            "amount": record.amount,
            "probability": record.probability,
            "historic": (utc_now() - moment).total_seconds() > LATER,
            "created_by_id": actor.id,
            "updated_by_id": actor.id,
        }

    def _write_history(self, moves: list[dict[str, Any]]) -> None:
        """In the same transaction as the moves themselves, in one statement."""
        if moves:
            self.session.execute(insert(StageChange), moves)

    def _tell(self, record: Opportunity, from_id: int | None, actor: Actor) -> None:
        before = self.stages.get(from_id) if from_id is not None else None
        opportunity_stage_changed.send(record, before=before, after=self.stages[record.stage_id], actor=actor)

    # -- stages ----------------------------------------------------------------
    @cached_property
    def stages(self) -> dict[int, Stage]:
        """Every stage with its pipeline, the default pipeline's first; read once for this service."""
        statement = select(Stage).join(Stage.pipeline).options(contains_eager(Stage.pipeline))
        in_order = statement.order_by(Pipeline.is_default.desc(), Pipeline.position, Pipeline.id, Stage.position, Stage.id)
        return {stage.id: stage for stage in self.session.scalars(in_order)}

    def _first(self, pipeline_id: int | None) -> Stage:
        """The first open stage of a pipeline, of the default one when none is named."""
        for stage in self.stages.values():
            if stage.kind is rules.OPEN and (stage.pipeline_id == pipeline_id if pipeline_id is not None else stage.pipeline.active):
                return stage
        raise InvalidValues({"stage_id": _l("This pipeline has no open stage.")})


def _after(typed: dict[str, Any], record: Opportunity | None, name: str) -> Any:
    """The value a field will have."""
    return typed[name] if name in typed else getattr(record, name, None)


def _forget_result(typed: dict[str, Any], record: Opportunity | None, target: Stage) -> None:
    """Entering a stage leaves behind what belonged to the result before, unless it is told anew."""
    for name, kinds in rules.BELONGS.items():
        stored = getattr(record, name, None)
        if stored is not None and target.kind not in kinds and typed.get(name, stored) == stored:
            typed[name] = None
    if record is not None and record.closed_on is not None and target.kind.is_closed and "closed_on" not in typed:
        typed["closed_on"] = record.closed_on  # a result put right keeps its day
