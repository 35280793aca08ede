"""The record scope: every shape of statement, reading and writing, sees and touches one's own rows only."""

import pytest
from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import aliased, selectinload

from app.core.actor import ANONYMOUS, SYSTEM, Right, acting_as
from app.core.database import system_session, unit_of_work
from app.core.errors import InvalidValues, NotFound
from app.customers.models import Contact, Customer
from app.extensions import db

other = aliased(Customer)
SHAPES = {
    "entity": select(Customer.name),
    "count": select(func.count(Customer.id)),
    "aliased": select(other.name),
    "joined from elsewhere": select(Customer.name).select_from(Contact).join(Contact.customer),
    "subquery": select(select(Customer.name).subquery().c.name),
    "cte": select(select(Customer.name).cte().c.name),
    "exists": select(Contact.name).where(exists().where(Contact.customer_id == Customer.id)),
    "any": select(Contact.name).where(Contact.customer.has(Customer.name.contains("CNRY"))),
    "in": select(Contact.name).where(Contact.customer_id.in_(select(Customer.id))),
    "union": select(Customer.name).union(select(Contact.name)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_reading_is_restricted(app, actor_of, shape):
    with app.app_context(), acting_as(actor_of("sales_a1")):
        found = db.session.scalars(SHAPES[shape]).all()
    assert found == [1] if shape == "count" else all("sales_a1" in name for name in found)
    assert found


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("sales_a1", {"sales_a1"}),
        ("sales_b1", {"sales_b1"}),
        ("manager_a", {"sales_a1", "sales_a2"}),
        ("reader", {"sales_a1", "sales_a2", "sales_b1"}),
        ("nobody", set()),
    ],
)
def test_levels_of_reach(app, actor_of, who, seen):
    with app.app_context(), acting_as(actor_of(who)):
        names = db.session.scalars(select(Customer.name)).all()
    assert {name.split("-")[1] for name in names} == seen


def test_without_a_person_there_is_nothing(app):
    with app.app_context(), acting_as(ANONYMOUS):
        assert db.session.scalars(select(Customer)).all() == []
    with app.app_context():
        assert db.session.scalars(select(Customer)).all() == []


def test_by_id_and_by_relationship(app, actor_of, world):
    with app.app_context(), acting_as(actor_of("sales_a1")):
        assert db.session.get(Customer, world.customers["sales_b1"]) is None
        contact = db.session.scalar(select(Contact).options(selectinload(Contact.customer)))
        assert contact.customer.name == "CNRY-sales_a1-customer"


def test_bulk_update_and_delete_touch_own_rows_only(app, actor_of, session):
    with app.app_context(), acting_as(actor_of("sales_a1")), unit_of_work() as writing:
        assert writing.execute(update(Customer).values(city="Mine")).rowcount == 1
        assert writing.execute(delete(Contact)).rowcount == 1
    assert session.scalar(select(func.count(Customer.id)).where(Customer.city == "Mine")) == 1
    assert session.scalar(select(func.count(Contact.id))) == 2


def test_a_foreign_row_cannot_be_changed_even_when_it_was_loaded_by_the_system(app, actor_of, world, session):
    with app.app_context():
        with acting_as(SYSTEM):
            record = db.session.get(Customer, world.customers["sales_b1"])
        with acting_as(actor_of("sales_a1")), pytest.raises(NotFound), unit_of_work():
            record.name = "stolen"
    assert session.get(Customer, world.customers["sales_b1"]).name == "CNRY-sales_b1-customer"


def test_a_link_to_a_foreign_row_is_refused_beside_its_field(app, actor_of, world, session):
    with app.app_context(), acting_as(actor_of("sales_a1")):
        with pytest.raises(InvalidValues) as refused, unit_of_work() as writing:
            writing.add(Contact(name="Trojan", customer_id=world.customers["sales_b1"], owner_id=world.users["sales_a1"]))
        assert list(refused.value.problems) == ["customer_id"]
    assert session.scalar(select(Contact).where(Contact.name == "Trojan")) is None


def test_reading_all_is_not_writing_all(app, actor_of, world, session):
    actor = actor_of("reader")
    assert not actor.may(Right.EDIT, "customer")
    with app.app_context(), acting_as(actor):
        record = db.session.get(Customer, world.customers["sales_a1"])
        record.name = "changed by a reader"
        with pytest.raises(NotFound):
            db.session.flush()
        db.session.rollback()
    assert session.get(Customer, world.customers["sales_a1"]).name == "CNRY-sales_a1-customer"


def test_the_recycle_bin_is_left_out_everywhere(app, world):
    with app.app_context():
        with acting_as(SYSTEM), unit_of_work() as writing:
            writing.execute(update(Customer).where(Customer.id == world.customers["sales_a1"]).values(deleted_at=func.now()))
        with acting_as(SYSTEM):
            assert db.session.scalar(select(func.count(Customer.id))) == 2
            assert db.session.scalar(select(func.count(Customer.id)).execution_options(with_deleted=True)) == 3
        with system_session() as unscoped:
            assert unscoped.scalar(select(func.count(Customer.id))) == 3
