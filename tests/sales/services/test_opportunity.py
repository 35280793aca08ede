"""Opportunities in their stages: whatever door is used, the same things follow."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.core.actor import SYSTEM, Source, acting_as
from app.core.errors import InvalidValues, NotAllowed, NotFound, StaleRecord
from app.core.models import AuditEntry
from app.extensions import db
from app.sales.events import opportunity_stage_changed
from app.sales.models import Opportunity, StageChange
from app.sales.services.opportunity import OpportunityService

IMPORTER = SYSTEM.through(Source.IMPORT)
TODAY = date.today()


def history(session, record_id):
    rows = session.scalars(select(StageChange).where(StageChange.opportunity_id == record_id).order_by(StageChange.id))
    return [(row.from_stage and row.from_stage.key, row.to_stage.key) for row in rows]


def move(app, actor, record_id, target, **more):
    with app.app_context(), acting_as(actor):
        service = OpportunityService()
        moved = service.move_to_stage(record_id, target, actor=actor, version=more.pop("version", None), **more)
        service.session.commit()
        return moved.version


def test_a_new_one_stands_in_the_first_stage_with_its_first_row_of_history(make, read, session):
    opportunity = read(make(stage_id=None, amount="1000"))
    assert (opportunity.stage.key, opportunity.status, opportunity.probability) == ("prospecting", "open", 10)
    assert (opportunity.base_amount, opportunity.weighted_amount, opportunity.currency) == (1000, 100, "CNY")
    assert opportunity.opened_on is not None
    assert history(session, opportunity.id) == [(None, "prospecting")]


def test_winning_sets_everything_that_follows(app, make, read, session, stages, actor_of):
    record_id = make(amount="1000", opened_on=TODAY - timedelta(days=9))
    move(app, actor_of("sales_a1"), record_id, stages["won"])
    won = read(record_id)
    assert (won.status, won.probability, won.weighted_amount) == ("won", 100, 1000)
    assert won.closed_on is not None
    assert won.closed_at is not None
    assert won.cycle_days in {8, 9, 10}  # the day depends on the person's zone
    assert won.furthest_stage.key == "won"
    assert history(session, record_id) == [(None, "prospecting"), ("prospecting", "won")]
    audit = session.scalars(select(AuditEntry).where(AuditEntry.entity == "opportunity", AuditEntry.record_id == record_id)).all()
    assert [entry.action for entry in audit] == ["create", "move"]
    assert audit[-1].changes["stage_id"] == [stages["prospecting"], stages["won"]]


def test_losing_needs_a_reason_and_a_note_for_other(app, make, read, stages, actor_of):
    record_id, actor = make(amount="50"), actor_of("sales_a1")
    for given, field in (({}, "loss_reason"), ({"loss_reason": "other"}, "loss_note"), ({"loss_reason": "no such"}, "loss_reason")):
        with pytest.raises(InvalidValues) as refused:
            move(app, actor, record_id, stages["lost"], **given)
        assert field in refused.value.problems
    assert read(record_id).status == "open"
    move(app, actor, record_id, stages["lost"], loss_reason="other", loss_note="moved abroad")
    lost = read(record_id)
    assert (lost.status, lost.loss_reason, lost.probability, lost.weighted_amount) == ("lost", "other", 0, 0)


def test_reopening_forgets_the_result_and_keeps_the_history(app, make, read, session, stages, actor_of):
    record_id, actor = make(amount="50"), actor_of("sales_a1")
    move(app, actor, record_id, stages["lost"], loss_reason="price")
    move(app, actor, record_id, stages["proposal"])
    opened = read(record_id)
    assert (opened.status, opened.closed_on, opened.closed_at, opened.loss_reason, opened.cycle_days) == ("open", None, None, None, None)
    assert opened.probability == 50
    assert history(session, record_id) == [(None, "prospecting"), ("prospecting", "lost"), ("lost", "proposal")]


def test_an_own_probability_survives_moves_until_it_is_decided(app, make, read, stages, actor_of):
    record_id, actor = make(amount="100", probability="42"), actor_of("sales_a1")
    move(app, actor, record_id, stages["negotiation"])
    assert (read(record_id).probability, read(record_id).weighted_amount) == (42, 42)
    move(app, actor, record_id, stages["won"])
    move(app, actor, record_id, stages["negotiation"])
    assert read(record_id).probability == 75


def test_the_edit_form_moves_by_the_same_function(client_of, make, read, session, stages):
    record_id = make(amount="100")
    form = {"name": "x", "stage_id": stages["negotiation"], "amount": "100", "probability": "10.00", "exchange_rate": "1", "version": 1}
    assert client_of("sales_a1").post(f"/opportunities/{record_id}/edit", data=form).status_code == 302
    assert (read(record_id).probability, history(session, record_id)[-1]) == (75, ("prospecting", "negotiation"))
    lost = client_of("sales_a1").post(f"/opportunities/{record_id}/edit", data={**form, "stage_id": stages["lost"], "version": 2})
    assert lost.status_code == 422
    assert "Please choose why it was lost." in lost.text
    assert read(record_id).stage.key == "negotiation"


def test_the_api_moves_by_the_same_function(client_of, make, read, session, stages):
    record_id = make()
    client = client_of("sales_a1")
    refused = client.put(f"/api/v1/opportunities/{record_id}", json={"version": 1, "stage_id": stages["lost"]})
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["loss_reason"])
    assert client.put(f"/api/v1/opportunities/{record_id}", json={"version": 1, "stage_id": stages["won"]}).status_code == 200
    assert history(session, record_id)[-1] == ("prospecting", "won")
    assert client.put(f"/api/v1/opportunities/{record_id}", json={"version": 2, "status": "open"}).status_code == 422


def test_a_stale_move_changes_nothing(app, make, read, stages, actor_of):
    record_id, actor = make(), actor_of("sales_a1")
    assert move(app, actor, record_id, stages["engaging"], version=1) == 2
    with pytest.raises(StaleRecord):
        move(app, actor, record_id, stages["won"], version=1)
    assert read(record_id).stage.key == "engaging"


def test_only_those_who_reach_it_may_move_it(app, make, read, stages, actor_of):
    record_id = make("sales_a1")
    with pytest.raises(NotFound):
        move(app, actor_of("sales_b1"), record_id, stages["won"])
    with pytest.raises(NotAllowed):
        move(app, actor_of("reader"), record_id, stages["won"])
    move(app, actor_of("manager_a"), record_id, stages["engaging"])
    assert read(record_id).stage.key == "engaging"


def test_history_is_never_changed(session, make, stages):
    change = session.scalar(select(StageChange).where(StageChange.opportunity_id == make()))
    key = change.id
    change.seconds = 1
    with pytest.raises(TypeError):
        session.flush()
    session.rollback()
    session.delete(session.get(StageChange, key))
    with pytest.raises(TypeError):
        session.flush()
    session.rollback()


def test_history_is_seen_by_those_who_see_the_opportunity(app, make, actor_of):
    make("sales_a1"), make("sales_b1")
    for who, expected in (("sales_a1", {"CNRY-sales_a1-deal"}), ("sales_b1", {"CNRY-sales_b1-deal"}), ("service_a", set())):
        with app.app_context(), acting_as(actor_of(who)):
            seen = db.session.scalars(select(Opportunity.name).join(StageChange, StageChange.opportunity_id == Opportunity.id))
            assert set(seen) == expected


def test_a_batch_gets_what_a_single_one_gets(system, stages, world):
    rows = [
        {
            "external_id": "W1",
            "name": "won one",
            "owner_id": world.users["sales_a1"],
            "stage_id": stages["won"],
            "amount": Decimal(70),
            "opened_on": date(2025, 1, 10),
            "closed_on": date(2025, 3, 1),
        },
        {
            "external_id": "L1",
            "name": "lost one",
            "owner_id": world.users["sales_b1"],
            "stage_id": stages["lost"],
            "closed_on": date(2025, 2, 1),
        },
        {"external_id": "E1", "owner_id": world.users["sales_a1"], "stage_id": stages["engaging"], "opened_on": date(2025, 5, 5)},
    ]
    won, lost, engaging = OpportunityService().add_many(rows, actor=IMPORTER)
    system.commit()
    assert (won.cycle_days, won.closed_at.date(), won.base_amount) == (50, date(2025, 2, 28), 70)  # midnight in Shanghai
    assert (lost.loss_reason, lost.cycle_days, lost.opened_on) == ("unknown", None, None)
    assert (engaging.name, engaging.stage_entered_at.date()) == ("E1", date(2025, 5, 4))
    assert won.department_id == world.departments["a1"]
    assert len({won.number, lost.number, engaging.number}) == 3
    changes = system.scalars(select(StageChange)).all()
    assert {(c.to_stage.key, c.historic) for c in changes} == {("won", True), ("lost", True), ("engaging", True)}
    written = select(func.count(AuditEntry.id)).where(AuditEntry.entity == "opportunity", AuditEntry.source == "import")
    assert system.scalar(written) == 3


def test_a_bad_row_leaves_the_batch_unwritten(system, session, stages):
    rows = [{"name": "good", "stage_id": stages["won"]}, {"name": "bad", "stage_id": stages["won"], "closed_on": TODAY + timedelta(days=3)}]
    with pytest.raises(InvalidValues):
        OpportunityService().add_many(rows, actor=IMPORTER)
    system.rollback()
    assert session.scalar(select(func.count(Opportunity.id))) == 0


def test_the_number_of_statements_does_not_grow_with_the_batch(system, stages, world, statements):
    def rows(count):
        return [
            {"name": f"n{i}", "owner_id": world.users["sales_a1"], "customer_id": world.customers["sales_a1"], "stage_id": stages["won"]}
            for i in range(count)
        ]

    counts = []
    for size in (5, 100):
        with statements() as seen:
            OpportunityService().add_many(rows(size), actor=IMPORTER)
            system.commit()
        # SQLite hands out a new id for one row at a time; everything else is one statement for all rows
        counts.append(sum(1 for statement in seen if not statement.startswith("INSERT INTO opportunity")))
    assert counts[1] <= counts[0]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"closed_on": TODAY}, "closed_on"),
        ({"loss_reason": "price"}, "loss_reason"),
        ({"stage_id": 999_999}, "stage_id"),
        ({"currency": "XXZ"}, "currency"),
        ({"name": ""}, "name"),
        ({"amount": "12.345"}, "amount"),
        ({"amount": "-1"}, "amount"),
    ],
)
def test_bad_values_are_refused_beside_their_field(make, values, field, session):
    with pytest.raises(InvalidValues) as refused:
        make(**values)
    assert field in refused.value.problems
    assert session.scalar(select(func.count(Opportunity.id))) == 0


def test_a_contact_brings_the_customer_and_must_be_his(make, read, world, client_of, session):
    mine = read(make(contact_id=world.contacts["sales_a1"]))
    assert mine.customer_id == world.customers["sales_a1"]
    client = client_of("sales_a1")
    other = client.post("/customers/new", data={"name": "Second", "kind": "company", "status": "prospect"}).location.rsplit("/", 1)[1]
    with pytest.raises(InvalidValues) as refused:
        make(contact_id=world.contacts["sales_a1"], customer_id=other)
    assert "contact_id" in refused.value.problems


def test_a_foreign_customer_cannot_be_linked(make, world, session):
    with pytest.raises(InvalidValues) as refused:
        make("sales_a1", customer_id=world.customers["sales_b1"])
    assert "customer_id" in refused.value.problems


def test_every_path_tells_the_news(app, make, stages, actor_of, client_of):
    heard = []

    def listen(opportunity, *, before, after, actor):
        heard.append((before and before.key, after.key))

    with opportunity_stage_changed.connected_to(listen):
        record_id = make()
        move(app, actor_of("sales_a1"), record_id, stages["engaging"])
        client_of("sales_a1").put(f"/api/v1/opportunities/{record_id}", json={"version": 2, "stage_id": stages["won"]})
    assert heard == [(None, "prospecting"), ("prospecting", "engaging"), ("engaging", "won")]


def test_another_currency_counts_by_its_rate(make, read):
    euros = read(make(amount="100", currency="eur", exchange_rate="7.85", stage="proposal"))
    assert (euros.currency, euros.base_amount, euros.weighted_amount) == ("EUR", 785, Decimal("392.50"))
