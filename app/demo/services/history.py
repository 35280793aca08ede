"""Services that write a past: the same rules as for today's work, with the moments of the plan."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.activities.models import Activity
from app.activities.services.activity import ActivityService
from app.core.actor import Actor
from app.demo.rules.funnel import PlannedOpportunity
from app.demo.rules.tickets import PlannedTicket
from app.sales.models import Opportunity, Stage, StageKind
from app.sales.services.opportunity import OpportunityService
from app.security.models import CrmUser
from app.support.models import MessageDirection, Ticket, TicketMessage, TicketStatus, TicketTransition
from app.support.services import ticket_clock
from app.support.services.ticket import TicketService


class PastActivities(ActivityService):
    """Follow-ups in bulk; what they tell their records is summed up once, by whoever adds them."""

    def created(self, record: Activity, actor: Actor) -> None:
        """See above."""


class PastOpportunities(OpportunityService):
    """Opportunities together with the way they came."""

    def add_planned(
        self, plans: Sequence[PlannedOpportunity], rows: Sequence[dict[str, Any]], open_stages: Sequence[Stage], *, actor: Actor
    ) -> list[Opportunity]:
        """Records at the end of their way, and every move of it as history."""
        records = self.add_many(rows, actor=actor)
        history: list[dict[str, Any]] = []
        for plan, record in zip(plans, records, strict=True):
            record.stage_entered_at = record.updated_at = plan.last_change
            record.closed_at = plan.closed
            furthest = record.stage_id if plan.won else open_stages[plan.steps[-1][0]].id
            record.furthest_stage_id = furthest
            history += self._way(plan, record, open_stages, actor)
        self.session.flush()
        super()._write_history(history)
        return records

    def _write_history(self, moves: list[dict[str, Any]]) -> None:
        """The whole way is written at the end instead of the last move alone."""

    def _way(self, plan: PlannedOpportunity, record: Opportunity, open_stages: Sequence[Stage], actor: Actor) -> list[dict[str, Any]]:
        reached = [(open_stages[number], moment) for number, moment in plan.steps]
        if plan.closed is not None:
            reached.append((self.stages[record.stage_id or 0], plan.closed))
        moves, before, since = [], None, None
        for stage, moment in reached:
            moves.append(self._step(record, before, since, stage, moment, actor))
            before, since = stage, moment
        return moves

    def _step(
        self, record: Opportunity, before: Stage | None, since: datetime | None, stage: Stage, moment: datetime, actor: Actor
    ) -> dict[str, Any]:
        return {
            "opportunity_id": record.id,
            "pipeline_id": record.pipeline_id,
            "from_stage_id": before.id if before else None,
            "to_stage_id": stage.id,
            "entered_at": since,
            "left_at": moment,
            "seconds": int((moment - since).total_seconds()) if since else None,
            "amount": record.amount,
            "probability": stage.probability,
            "historic": True,
            "created_by_id": actor.id,
            "updated_by_id": actor.id,
        }

    def ways_out(self, open_stage: Stage) -> dict[bool, Stage]:
        """{won: the stage that stands for it} in the pipeline of an open stage."""
        kinds = {True: StageKind.WON, False: StageKind.LOST}
        return {
            won: next(s for s in self.stages.values() if s.pipeline_id == open_stage.pipeline_id and s.kind is kind)
            for won, kind in kinds.items()
        }


def local_day(moment: datetime | None, actor: Actor) -> Any:
    """The calendar day of a moment where the actor is."""
    return moment.astimezone(ZoneInfo(actor.timezone)).date() if moment else None


class PastTickets(TicketService):
    """Tickets whose clocks have run through everything that happened to them."""

    def __init__(self) -> None:
        self.moment: datetime | None = None
        super().__init__(now=lambda: self.moment)  # type: ignore[arg-type, return-value]

    def build(self, typed: dict[str, Any], actor: Actor) -> Ticket:
        typed = dict(typed)
        self.moment = typed.pop("created_at")
        return super().build(typed, actor)

    def live_through(self, plan: PlannedTicket, ticket: Ticket, agent: CrmUser, customer: str, *, actor: Actor) -> None:
        """Let everything happen to a ticket that the plan says, each at its moment."""
        who = {"created_by_id": actor.id, "updated_by_id": actor.id}
        for step in plan.steps:
            if step.status is not None and step.status is not ticket.status:
                self.session.add(
                    TicketTransition(
                        ticket_id=ticket.id, at=step.at, from_status=ticket.status, to_status=step.status, actor_name=agent.full_name, **who
                    )
                )
                self._enter(ticket, step.status, plan, agent, step.at)
            if step.said is not None:
                direction = MessageDirection.INBOUND if step.by_customer else MessageDirection.OUTBOUND
                name = customer if step.by_customer else agent.full_name
                self.session.add(
                    TicketMessage(
                        ticket_id=ticket.id, at=step.at, direction=direction, public=True, body=step.said, author_name=name, **who
                    )
                )
                if not step.by_customer:
                    ticket_clock.answer_first(ticket, step.at)
            ticket.updated_at = step.at
        ticket.satisfaction = plan.satisfaction

    def _enter(self, ticket: Ticket, status: TicketStatus, plan: PlannedTicket, agent: CrmUser, at: datetime) -> None:
        if status is TicketStatus.ASSIGNED:
            ticket.owner_id, ticket.department_id = agent.id, agent.department_id
        if status is TicketStatus.IN_PROGRESS and ticket.accepted_at is None:
            ticket.accepted_at = at
        if status is TicketStatus.RESOLVED:
            ticket.resolution, ticket.cause = plan.resolution, plan.cause
        ticket_clock.follow_status(ticket, status, at)
