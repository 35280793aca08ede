"""Moves of opportunities on the timelines of what they are about."""

import re

from app.core.actor import acting_as
from app.core.database import unit_of_work
from app.sales.services.opportunity import OpportunityService


def move(app, actor_of, read, stages, who, record_id, target):
    actor = actor_of(who)
    with app.app_context(), acting_as(actor), unit_of_work():
        OpportunityService().move_to_stage(record_id, stages[target], actor=actor, version=read(record_id).version)


def headings(client, address):
    return [re.sub(r"<[^>]+>|\s+", " ", text).strip() for text in re.findall(r"“.*?” to “.*?”", client.get(address).text)]


def test_a_move_is_told_by_the_opportunity_and_its_customer(app, actor_of, client_of, world, make, read, stages):
    customer_id = world.customers["sales_a1"]
    record_id = make(name="CNRY-told", customer_id=customer_id)
    for target in ("engaging", "proposal"):
        move(app, actor_of, read, stages, "sales_a1", record_id, target)
    client = client_of("sales_a1")
    both = ["“Engaging” to “Proposal”", "“Prospecting” to “Engaging”"]
    assert headings(client, f"/timeline/opportunity/{record_id}") == both
    assert headings(client, f"/timeline/customer/{customer_id}") == both
    assert f'<a href="/opportunities/{record_id}">CNRY-told</a>' in client.get(f"/timeline/customer/{customer_id}").text


def test_who_does_not_see_the_opportunity_hears_nothing_of_it(app, actor_of, client_of, world, make, read, stages):
    """The customer is visible to its owner; the deal about it belongs to somebody else."""
    record_id = make("manager_a", name="CNRY-silent", customer_id=world.customers["sales_a1"])
    move(app, actor_of, read, stages, "manager_a", record_id, "engaging")
    assert headings(client_of("manager_a"), f"/timeline/customer/{world.customers['sales_a1']}") == ["“Prospecting” to “Engaging”"]
    page = client_of("sales_a1").get(f"/timeline/customer/{world.customers['sales_a1']}")
    assert page.status_code == 200
    assert "CNRY-silent" not in page.text and "Engaging" not in page.text
