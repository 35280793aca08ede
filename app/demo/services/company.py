"""Making the demo company, part by part; each part is a transaction of its own, so that its progress is seen."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

from app.activities.models import ACTIVITY, TASK, ActivityKind, Direction, TaskPriority, TaskStatus
from app.core.actor import Actor
from app.core.entity import Entity
from app.core.errors import NotAllowed, RuleViolation
from app.core.i18n import _l
from app.core.services.audit import record_change
from app.core.services.records import service_of
from app.customers.models import CONTACT, CUSTOMER, Customer
from app.customers.models.contact import DecisionRole
from app.demo.models import DemoRecord
from app.demo.rules import customers as planning
from app.demo.rules.company import PRODUCTS, product_name
from app.demo.rules.follow_ups import plan_activities, plan_tasks
from app.demo.rules.funnel import plan_opportunities
from app.demo.rules.tickets import plan_tickets
from app.demo.services.history import PastActivities, PastOpportunities, PastTickets, local_day
from app.demo.services.people import make_colleagues, make_departments, make_queues
from app.extensions import db
from app.reporting.services.kpi_snapshots import take_day
from app.sales.models import LEAD, OPPORTUNITY, PRODUCT, Lead, LeadStatus, Pipeline, Stage, StageKind
from app.security.models import DEPARTMENT, USER, CrmUser
from app.support.models import QUEUE, TICKET

SEED = 20_240_601
CONVERTED_LEADS = 40
KEY_FIGURE_DAYS = 60


def may_make(actor: Actor) -> bool:
    return actor.is_administrator or actor.is_system


def is_made(session: Session) -> bool:
    """Whether there is a demo company."""
    return bool(session.scalar(select(exists(select(DemoRecord.id)))))


def check_makeable(session: Session, actor: Actor) -> None:
    """Only into an empty company, and only by an administrator."""
    if not may_make(actor):
        raise NotAllowed()
    if is_made(session):
        raise RuleViolation(_l("The demo company is there already."))
    if session.scalar(select(exists(select(Customer.id)))):
        raise RuleViolation(_l("There are customers already. A demo company would mix with them."))


def check_removable(session: Session, actor: Actor) -> None:
    """Only by an administrator, and only what is there."""
    if not may_make(actor):
        raise NotAllowed()
    if not is_made(session):
        raise RuleViolation(_l("There is no demo company."))


class DemoCompany:
    """The company in the making: what was planned, and the ids of what has been made."""

    def __init__(self, actor: Actor, now: datetime) -> None:
        self.actor, self.now, self.random = actor, now.replace(microsecond=0), Random(SEED)
        self.customers = planning.plan_customers(self.random, self.now)
        self.made: Counter[str] = Counter()
        self.users: dict[str, int] = {}
        self.departments: dict[str, int] = {}
        self.customer_ids: list[int] = []
        self.contact_ids: dict[int, list[int]] = defaultdict(list)

    @property
    def session(self) -> Session:
        return db.session()

    @property
    def parts(self) -> list[tuple[Any, Callable[[], None]]]:
        """(what people are told, what is done) in order."""
        return [
            (_l("Departments and people"), self.make_people),
            (_l("Customers and contacts"), self.make_customers),
            (_l("Opportunities"), self.make_sales),
            (_l("Leads"), self.make_leads),
            (_l("Follow-ups and tasks"), self.make_activities),
            (_l("Tickets"), self.make_tickets),
            (_l("Key figures of the past weeks"), self.make_key_figures),
        ]

    def remember(self, entity: Entity, ids: list[int]) -> list[int]:
        """Write down what was made, so that it can be taken away again."""
        self.session.execute(insert(DemoRecord), [{"entity": entity.name, "record_id": id_} for id_ in ids])
        self.made[entity.name] += len(ids)
        return ids

    def add(self, entity: Entity, rows: list[dict[str, Any]]) -> list[int]:
        """Records through the entity's own service."""
        return self.remember(entity, [record.id for record in service_of(entity).add_many(rows, actor=self.actor)])

    # -- parts -----------------------------------------------------------------
    def make_people(self) -> None:
        check_makeable(self.session, self.actor)
        record_change(self.session, self.actor, "demo", None, "make")
        self.departments = make_departments(self.session, actor=self.actor)
        self.remember(DEPARTMENT, list(self.departments.values()))
        self.users = {name: user.id for name, user in make_colleagues(self.session, self.departments).items()}
        self.remember(USER, list(self.users.values()))
        self.queues = self.remember(QUEUE, make_queues(self.departments, actor=self.actor))

    def make_customers(self) -> None:
        _kept = self._colleagues()
        rows = [{**planned.values, "owner_id": self.users[planned.owner.username]} for planned in self.customers]
        self.customer_ids = self.add(CUSTOMER, rows)
        _customers = self._customers()
        for index, planned in enumerate(self.customers):
            people = [
                {**c, "decision_role": DecisionRole(c["decision_role"]), "customer_id": self.customer_ids[index]} for c in planned.contacts
            ]
            self.contact_ids[index] = self.add(CONTACT, people)

    def make_sales(self) -> None:
        _kept = self._colleagues()
        products = self.add(
            PRODUCT, [{"name": n, "sku": sku, "category": c, "list_price": price, "active": True} for n, sku, c, price in PRODUCTS]
        )
        service = PastOpportunities()
        stages = self._open_stages()
        ends = service.ways_out(stages[0])
        self.opportunities = plan_opportunities(self.random, self.customers, len(stages), self.now)
        rows = []
        for plan in self.opportunities:
            customer = self.customers[plan.customer]
            rows.append(
                {
                    "name": f"{customer.values['short_name']} · {product_name(plan.product, abroad='province' not in customer.values)}",
                    "customer_id": self.customer_ids[plan.customer],
                    "contact_id": self.contact_ids[plan.customer][0],
                    "product_id": products[plan.product],
                    "owner_id": self.users[customer.owner.username],
                    "stage_id": (stages[plan.steps[-1][0]] if plan.won is None else ends[plan.won]).id,
                    "amount": plan.amount,
                    "source": customer.values["source"],
                    "opened_on": local_day(plan.opened, self.actor),
                    "closed_on": local_day(plan.closed, self.actor),
                    "expected_close": local_day(plan.expected_close, self.actor),
                    "loss_reason": plan.loss_reason,
                    "loss_note": plan.loss_note,
                    "competitor": plan.competitor,
                    "created_at": plan.opened,
                    **({"probability": plan.own_probability} if plan.own_probability is not None else {}),
                }
            )
        records = service.add_planned(self.opportunities, rows, stages, actor=self.actor)
        self.opportunity_ids = self.remember(OPPORTUNITY, [record.id for record in records])
        self._judge_customers()

    def _judge_customers(self) -> None:
        """What a customer is follows from what was bought."""
        results: dict[int, Counter[bool | None]] = defaultdict(Counter)
        for plan in self.opportunities:
            results[plan.customer][plan.won] += 1
        for index, customer in enumerate(self._customers()):
            found = results[index]
            customer.status = planning.status_of(found[True], found[None], found[False])
        self.session.flush()

    def make_leads(self) -> None:
        _kept = self._colleagues()
        taken = {planned.values["name"] for planned in self.customers}
        rows = [{**values, "owner_id": self.users[owner.username]} for owner, values in planning.plan_leads(self.random, self.now, taken)]
        self.add(LEAD, rows)
        self._convert_leads()

    def _convert_leads(self) -> None:
        """Some of the younger customers began as leads."""
        first = {plan.customer: id_ for plan, id_ in reversed(list(zip(self.opportunities, self.opportunity_ids, strict=True)))}
        chosen = sorted(first, key=lambda index: self.customers[index].since)[-CONVERTED_LEADS:]
        rows = []
        for index in chosen:
            customer, person = self.customers[index], self.customers[index].contacts[0]
            copied = {name: customer.values[name] for name in ("name", "source", "industry", "city")}
            at = customer.since - timedelta(days=self.random.randint(2, 30))
            rows.append(
                {
                    **copied,
                    "person": person["name"],
                    "mobile": person["mobile"],
                    "owner_id": self.users[customer.owner.username],
                    "created_at": at,
                }
            )
        for index, lead_id in zip(chosen, self.add(LEAD, rows), strict=True):
            lead: Any = self.session.get(Lead, lead_id)
            lead.status, lead.converted_at = LeadStatus.CONVERTED, self.customers[index].since
            lead.converted_customer_id, lead.converted_contact_id = self.customer_ids[index], self.contact_ids[index][0]
            lead.converted_opportunity_id, lead.updated_at = first[index], lead.converted_at
        self.session.flush()

    def make_activities(self) -> None:
        _kept = [self._colleagues(), self._customers()]
        plans = plan_activities(self.random, self.customers, self.opportunities, self.now)
        rows = []
        for plan in plans:
            customer = plan.customer if plan.customer is not None else self.opportunities[plan.opportunity or 0].customer
            anchor = (
                (CUSTOMER.name, self.customer_ids[customer])
                if plan.customer is not None
                else (OPPORTUNITY.name, self.opportunity_ids[plan.opportunity or 0])
            )
            direction = Direction(plan.values["direction"]) if plan.values["direction"] else None
            owner = self.users[self.customers[customer].owner.username]
            rows.append(
                {
                    **plan.values,
                    "kind": ActivityKind(plan.values["kind"]),
                    "direction": direction,
                    "entity": anchor[0],
                    "record_id": anchor[1],
                    "owner_id": owner,
                }
            )
        self.remember(ACTIVITY, [record.id for record in PastActivities().add_many(rows, actor=self.actor)])
        self._tell_customers(rows)
        self._make_tasks()

    def _tell_customers(self, rows: list[dict[str, Any]]) -> None:
        """Last contact and next step of each customer, as its follow-ups say."""
        last: dict[int, datetime] = {}
        following: dict[int, date] = {}
        for row in rows:
            if row["entity"] == CUSTOMER.name and row["kind"].is_contact:
                last[row["record_id"]] = row["at"]
                if row["next_follow_up_on"]:
                    following[row["record_id"]] = row["next_follow_up_on"]
        for customer in self._customers():
            customer.last_activity_at = last.get(customer.id)
            customer.next_follow_up_on = following.get(customer.id)
            customer.updated_at = max(customer.created_at, customer.last_activity_at or customer.created_at)
        self.session.flush()

    def _make_tasks(self) -> None:
        rows = []
        for plan in plan_tasks(self.random, self.customers, self.now):
            done = {"status": TaskStatus.DONE, "completed_at": plan.completed} if plan.completed else {"status": TaskStatus.OPEN}
            owner = self.users[self.customers[plan.customer].owner.username]
            about = {"entity": CUSTOMER.name, "record_id": self.customer_ids[plan.customer], "owner_id": owner}
            rows.append({**plan.values, "priority": TaskPriority(plan.values["priority"]), **done, **about})
        self.add(TASK, rows)

    def make_tickets(self) -> None:
        users, service = self._colleagues(), PastTickets()
        plans = plan_tickets(self.random, self.customers, self.now)
        rows = []
        for plan in plans:
            live = {"owner_id": self.users[plan.agent.username]} if plan.values["channel"].is_live else {}
            queue = self.queues[1 if plan.cause in {"billing", "delivery"} else 0]
            rows.append(
                {
                    **plan.values,
                    **live,
                    "queue_id": queue,
                    "customer_id": self.customer_ids[plan.customer],
                    "contact_id": self.contact_ids[plan.customer][0],
                }
            )
        tickets = service.add_many(rows, actor=self.actor)
        for plan, ticket in zip(plans, tickets, strict=True):
            name = self.customers[plan.customer].contacts[0]["name"]
            service.live_through(plan, ticket, users[plan.agent.username], name, actor=self.actor)
        self.session.flush()
        self.remember(TICKET, [ticket.id for ticket in tickets])

    def make_key_figures(self) -> None:
        """What the nightly job would have counted, so that the charts have a past."""
        zone = ZoneInfo(current_app.config["TIMEZONE"])
        today = self.now.astimezone(zone).date()
        for back in range(KEY_FIGURE_DAYS, 0, -1):
            take_day(self.session, today - timedelta(days=back), zone, late=True)

    # -- what is there ---------------------------------------------------------
    def _colleagues(self) -> dict[str, CrmUser]:
        """Held while records are made, so that nobody is asked for twice."""
        found = {user.id: user for user in self.session.scalars(select(CrmUser).where(CrmUser.id.in_(self.users.values())))}
        return {name: found[id_] for name, id_ in self.users.items()}

    def _customers(self) -> list[Customer]:
        """In the order of the plan."""
        found = {c.id: c for c in self.session.scalars(select(Customer).where(Customer.id.in_(self.customer_ids)))}
        return [found[id_] for id_ in self.customer_ids]

    def _open_stages(self) -> list[Stage]:
        """The open stages of the default pipeline, in order."""
        pipeline = self.session.scalar(select(Pipeline.id).where(Pipeline.is_default.is_(True)))
        stages = select(Stage).where(Stage.pipeline_id == pipeline, Stage.kind == StageKind.OPEN).order_by(Stage.position, Stage.id)
        return list(self.session.scalars(stages))
