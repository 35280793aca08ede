"""The demo company: made through every door by administrators only, alive, and gone again without a trace."""

from datetime import UTC, datetime
from random import Random

import pytest
from sqlalchemy import func, inspect, select

from app.activities.models import ACTIVITY
from app.core.actor import SYSTEM, Source, acting_as
from app.core.database import unit_of_work
from app.core.errors import NotAllowed, RuleViolation
from app.core.models import AuditEntry, JobRun
from app.core.services.records import service_of
from app.customers.models import CONTACT, Contact, Customer
from app.demo.jobs import make_parts
from app.demo.models import DemoRecord
from app.demo.rules.customers import plan_customers
from app.demo.services.company import DemoCompany
from app.demo.services.removal import remove_demo
from app.extensions import db
from app.operations.services.worker import Worker
from app.sales.models import Lead, LeadStatus, Opportunity, Product, StageChange
from app.security.models import CrmUser, Department
from app.support.models import Ticket, TicketMessage, TicketTransition

MOMENTS = (
    Customer.created_at, Opportunity.closed_at, Opportunity.stage_entered_at, StageChange.left_at, TicketMessage.at, TicketTransition.at,
    Ticket.resolved_at, Lead.converted_at,
)  # fmt: skip
NOW = datetime(2026, 6, 17, 8, 0, tzinfo=UTC)
COMMAND = SYSTEM.through(Source.COMMAND)


def rows_of(session):
    """{table: number of rows} of everything but the record of what happened."""
    tables = [t for t in db.metadata.sorted_tables if t.name not in {"audit_entry", "number_sequence", "job_run", "alembic_version"}]
    return {
        table.name: session.scalar(select(func.count()).select_from(table))
        for table in tables
        if table.name in inspect(session.get_bind()).get_table_names()
    }


@pytest.fixture
def empty(app, session, world):
    """The company before its first customer."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as own:
        for model in (Contact, Customer):
            for record in own.scalars(select(model)):
                own.delete(record)
            own.flush()
    return rows_of(session)


@pytest.fixture
def demo(app, empty):
    with app.test_request_context(), acting_as(COMMAND):
        return make_parts(COMMAND, lambda *_said: None)


def test_a_plan_is_the_same_every_time():
    first, second = (plan_customers(Random(7), NOW) for _time in range(2))
    assert [(c.values, c.contacts, c.owner) for c in first] == [(c.values, c.contacts, c.owner) for c in second]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_is_made(demo, session, client_of):
    nothing_lies_in_the_future_or_reaches_anybody(session)
    it_is_alive(session)
    histories_lead_to_where_the_records_stand(session)
    converted_leads_name_what_they_became(session)
    for password in ("", "anything"):  # colleagues have no password yet
        answer = client_of(None).post("/login/", data={"username": "li.wei", "password": password})
        assert answer.status_code == 200 or "/login/" in answer.location


def nothing_lies_in_the_future_or_reaches_anybody(session):
    now = datetime.now(UTC)
    for column in MOMENTS:
        assert session.scalar(select(func.max(column))) <= now, column
    mails = [*session.scalars(select(Contact.email)), *session.scalars(select(Customer.email))]
    assert all(mail.endswith("@example.com") for mail in mails)
    assert all(mobile.startswith(("142", "143")) for mobile in session.scalars(select(Contact.mobile)))


def it_is_alive(session):
    statuses = dict(session.execute(select(Opportunity.status, func.count()).group_by(Opportunity.status)).all())
    assert min(statuses[s] for s in ("open", "won", "lost")) > 60
    days = session.scalars(select(Opportunity.closed_on).where(Opportunity.closed_on.is_not(None)))
    assert len({(day.year, day.month) for day in days}) > 15
    assert session.scalar(select(func.count()).where(Ticket.resolved_at.is_(None))) > 10
    assert len({u.department_id for u in session.scalars(select(CrmUser).where(CrmUser.employee_no.like("D0%")))}) == 6


def histories_lead_to_where_the_records_stand(session):
    records = {o.id: o for o in session.scalars(select(Opportunity))}
    last = {}
    for change in session.scalars(select(StageChange).order_by(StageChange.left_at, StageChange.id)):
        before = last.get(change.opportunity_id)
        assert change.from_stage_id == (before.to_stage_id if before else None)
        last[change.opportunity_id] = change
    assert {id_: c.to_stage_id for id_, c in last.items()} == {id_: o.stage_id for id_, o in records.items()}
    assert all(o.loss_reason for o in records.values() if o.status == "lost")
    moved = {t.ticket_id: t.to_status for t in session.scalars(select(TicketTransition).order_by(TicketTransition.at, TicketTransition.id))}
    assert moved == {t.id: t.status for t in session.scalars(select(Ticket))}


def converted_leads_name_what_they_became(session):
    converted = list(session.scalars(select(Lead).where(Lead.status == LeadStatus.CONVERTED)))
    assert len(converted) == 40
    for lead in converted:
        assert session.get(Customer, lead.converted_customer_id).name == lead.name
        assert session.get(Opportunity, lead.converted_opportunity_id).customer_id == lead.converted_customer_id


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_removal_takes_exactly_what_was_made_and_nothing_that_people_have_built_upon(app, demo, empty, session):
    customer = session.scalar(select(func.min(Customer.id)))
    ours = {
        CONTACT: {"name": "Ours", "customer_id": customer},
        ACTIVITY: {"subject": "Called", "entity": "customer", "record_id": customer},
    }
    with app.app_context(), acting_as(SYSTEM):
        for entity, values in ours.items():
            with unit_of_work():
                made = service_of(entity).create(values, actor=SYSTEM).id
            before = rows_of(session)
            with pytest.raises(RuleViolation), unit_of_work():
                remove_demo(actor=SYSTEM)
            assert rows_of(session) == before
            with unit_of_work() as own:
                own.delete(own.get(entity.model, made))
        with unit_of_work():
            gone = remove_demo(actor=SYSTEM)
    assert gone == demo
    assert rows_of(session) == empty
    assert (
        session.scalar(
            select(func.count()).where(AuditEntry.entity == "customer", AuditEntry.action == "create", AuditEntry.source == "command")
        )
        == 0
    )


def test_it_refuses_a_company_that_has_customers(app, world, session):
    before = rows_of(session)
    with app.app_context(), acting_as(COMMAND), pytest.raises(RuleViolation):
        make_parts(COMMAND, lambda *_said: None)
    assert rows_of(session) == before


def test_only_administrators_make_it(app, empty, actor_of, session):
    manager = actor_of("manager_a")
    with app.app_context(), acting_as(manager), pytest.raises(NotAllowed), unit_of_work():
        DemoCompany(manager, NOW).make_people()
    assert rows_of(session) == empty


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.slow
def test_the_page_starts_it_and_takes_it_away(app, empty, client_of, session):
    client = client_of("admin")
    assert b"/demo/start" in client.get("/demo/start").data
    assert client_of("sales_a1").post("/demo/start").status_code == 403
    answer = client.post("/demo/start")
    run = session.scalars(select(JobRun).where(JobRun.job == "demo")).one()
    assert answer.location.endswith(f"/jobs/{run.id}")
    Worker(app, 1).work_off()
    state, result = session.execute(select(JobRun.state, JobRun.result).where(JobRun.id == run.id)).one()
    assert (state, result["customer"]) == ("done", 300)
    assert session.scalar(select(func.count()).select_from(DemoRecord)) > 3000
    assert client.post("/demo/start").status_code == 422
    client.post("/demo/remove")
    Worker(app, 1).work_off()
    assert rows_of(session) == empty
    assert session.scalar(select(func.count()).select_from(Product)) == 0
    assert session.scalar(select(func.count()).where(Department.name_en == "East China")) == 0
