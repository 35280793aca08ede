"""Whether a right reaches a record is answered alike in memory and by the database."""

from itertools import product

import pytest
from sqlalchemy import select

from app.core.actor import SYSTEM, Right, acting_as
from app.core.scope import reach
from app.customers.models import CUSTOMER, Customer
from app.customers.services.customer import CustomerService
from app.extensions import db
from tests.world import PEOPLE


@pytest.mark.parametrize(
    ("who", "right"), list(product([p for p in PEOPLE if p != "disabled"], [Right.VIEW, Right.EDIT, Right.DELETE, Right.TRANSFER]))
)
def test_in_memory_as_in_the_database(app, actor_of, who, right):
    actor = actor_of(who)
    with app.app_context(), acting_as(SYSTEM):
        criterion = reach(CUSTOMER, actor, right)
        everything = select(Customer.id)
        reached = set(db.session.scalars(everything if criterion is None else everything.where(criterion)))
        for customer in db.session.scalars(select(Customer)).all():
            expected = actor.may(right, "customer") and customer.id in reached
            assert CustomerService().reaches(customer, actor, right) == expected


def test_what_is_being_changed_counts_as_it_was(app, actor_of, world):
    actor = actor_of("sales_a1")
    with app.app_context(), acting_as(SYSTEM), db.session.no_autoflush:
        foreign = db.session.get(Customer, world.customers["sales_b1"])
        foreign.owner_id, foreign.department_id = actor.id, actor.department_id
        assert not CustomerService().reaches(foreign, actor, Right.EDIT)
        db.session.rollback()
