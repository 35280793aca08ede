"""The one write path: what it takes, what it refuses, and that a refusal leaves nothing behind."""

import pytest
from sqlalchemy import func, select

from app.core.actor import SYSTEM, Right, acting_as
from app.core.database import after_commit, unit_of_work
from app.core.errors import InvalidValues, NotAllowed, NotFound, StaleRecord
from app.core.models import AuditEntry
from app.customers.models import Contact, Customer
from app.customers.services.contact import ContactService
from app.customers.services.customer import CustomerService
from app.extensions import db
from app.security.models import CrmUser, Department
from app.security.services.user import UserService


@pytest.fixture
def within(app, actor_of):
    """One verb of a service in one transaction, in somebody's name."""

    def run(who, verb):
        actor = actor_of(who)
        with app.app_context(), acting_as(actor), unit_of_work():
            found = verb(actor)
            return found.id if hasattr(found, "id") else found

    return run


def entries(session, entity, record_id):
    wanted = select(AuditEntry).where(AuditEntry.entity == entity, AuditEntry.record_id == record_id).order_by(AuditEntry.id)
    return list(session.scalars(wanted))


def test_a_creation_is_complete(within, session, world):
    made = within("sales_a1", lambda actor: CustomerService().create({"name": " Tea House ", "city": ""}, actor=actor))
    record = session.get(Customer, made)
    assert (record.name, record.city, record.version) == ("Tea House", None, 1)
    assert record.number.startswith("C")
    assert record.owner_id == record.created_by_id == world.users["sales_a1"]
    assert record.department_id == world.departments["a1"]
    [entry] = entries(session, "customer", made)
    assert (entry.action, entry.actor_id, entry.source) == ("create", world.users["sales_a1"], "page")
    assert entry.changes["name"] == [None, "Tea House"]


def test_every_bad_value_gets_its_sentence_and_nothing_is_written(within, session):
    before = session.scalar(select(func.count(Customer.id)))
    bad = {"email": "no address", "annual_revenue": "much", "level": "no such level", "kind": "no such kind", "number": "K1", "version": 7}
    with pytest.raises(InvalidValues) as refused:
        within("sales_a1", lambda actor: CustomerService().create(bad, actor=actor))
    assert set(refused.value.problems) == {*bad, "name"}
    assert session.scalar(select(func.count(Customer.id))) == before


def test_a_change_keeps_before_and_after(within, session, world):
    customer_id = world.customers["sales_a1"]
    within("sales_a1", lambda actor: CustomerService().update(customer_id, {"city": "Wuhan", "level": "a"}, actor=actor, version=1))
    record = session.get(Customer, customer_id)
    assert (record.city, record.version, record.updated_by_id) == ("Wuhan", 2, world.users["sales_a1"])
    entry = entries(session, "customer", customer_id)[-1]
    assert entry.changes == {"city": [None, "Wuhan"]}  # the level was that already


def test_what_changes_nothing_leaves_no_trace(within, session, world):
    customer_id = world.customers["sales_a1"]
    before = len(entries(session, "customer", customer_id))
    within("sales_a1", lambda actor: CustomerService().update(customer_id, {"level": "a"}, actor=actor, version=1))
    assert session.get(Customer, customer_id).version == 1
    assert len(entries(session, "customer", customer_id)) == before


def test_a_stale_version_is_refused(within, session, world):
    customer_id = world.customers["sales_a1"]
    for _time in range(2):
        with pytest.raises(StaleRecord):
            within("sales_a1", lambda actor: CustomerService().update(customer_id, {"city": "Wuhan"}, actor=actor, version=9))
    assert session.get(Customer, customer_id).city is None


@pytest.mark.parametrize(
    ("who", "refusal"), [("sales_b1", NotFound), ("reader", NotAllowed), ("nobody", NotAllowed), ("sales_a2", NotFound)]
)
@pytest.mark.parametrize("verb", ["update", "delete", "restore", "transfer"])
def test_every_verb_asks_whether_one_may(within, session, world, who, refusal, verb):
    customer_id, service = world.customers["sales_a1"], CustomerService
    verbs = {
        "update": lambda actor: service().update(customer_id, {"city": "Mine"}, actor=actor, version=1),
        "delete": lambda actor: service().delete(customer_id, actor=actor),
        "restore": lambda actor: service().restore(customer_id, actor=actor),
        "transfer": lambda actor: service().transfer(customer_id, actor.id, actor=actor),
    }
    with pytest.raises(refusal):
        within(who, verbs[verb])
    record = session.get(Customer, customer_id)
    assert (record.city, record.deleted_at, record.owner_id) == (None, None, world.users["sales_a1"])


def test_to_the_recycle_bin_and_back(within, session, client_of, world):
    customer_id = world.customers["sales_a1"]
    within("manager_a", lambda actor: CustomerService().delete(customer_id, actor=actor))
    assert client_of("sales_a1").get(f"/customers/{customer_id}").status_code == 404
    within("manager_a", lambda actor: CustomerService().restore(customer_id, actor=actor))
    assert client_of("sales_a1").get(f"/customers/{customer_id}").status_code == 200
    assert [e.action for e in entries(session, "customer", customer_id)][-2:] == ["delete", "restore"]


def test_a_transfer_takes_the_department_along(within, session, world):
    customer_id = world.customers["sales_a1"]
    within("manager_a", lambda actor: CustomerService().transfer(customer_id, world.users["sales_b1"], actor=actor))
    record = session.get(Customer, customer_id)
    assert (record.owner_id, record.department_id) == (world.users["sales_b1"], world.departments["b"])


@pytest.mark.parametrize("owner", ["disabled", None])
def test_only_active_people_are_given_records(within, world, owner):
    owner_id = world.users[owner] if owner else 987_654
    with pytest.raises(InvalidValues) as refused:
        within("manager_a", lambda actor: CustomerService().transfer(world.customers["sales_a1"], owner_id, actor=actor))
    assert list(refused.value.problems) == ["owner_id"]


def test_nobody_makes_records_for_others_without_the_right(within, world):
    values = {"name": "For you", "owner_id": world.users["sales_a2"]}
    with pytest.raises(InvalidValues):
        within("sales_a1", lambda actor: CustomerService().create(values, actor=actor))
    assert within("manager_a", lambda actor: CustomerService().create(values, actor=actor))


@pytest.mark.parametrize("where", ["customer_id", "owner_id"])
def test_a_reference_to_nothing_is_refused_beside_its_field(within, session, world, where):
    values = {"name": "Lost", "customer_id": world.customers["sales_a1"]} | {where: 987_654}
    with pytest.raises(InvalidValues) as refused:
        within("manager_a", lambda actor: ContactService().create(values, actor=actor))
    assert list(refused.value.problems) == [where]
    assert session.scalar(select(Contact).where(Contact.name == "Lost")) is None


def test_so_is_one_that_everybody_might_see(within, world):
    """Departments and users are no secret; a number that is none of them still is a mistake in that field."""
    for name in ("department_id", "manager_id"):
        with pytest.raises(InvalidValues) as refused:
            within(
                "admin", lambda actor, name=name: UserService().update(world.users["reader"], {name: 987_654}, actor=actor, version=None)
            )
        assert list(refused.value.problems) == [name]
        assert "already" not in str(refused.value.problems[name])


def test_and_one_to_the_recycle_bin(app, within, world):
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as writing:
        gone = Department(name_zh="旧部门", name_en="Old department", deleted_at=func.now(), path="/999/")
        writing.add(gone)
        writing.flush()
        gone_id = gone.id
    with pytest.raises(InvalidValues):
        within("admin", lambda actor: UserService().update(world.users["reader"], {"department_id": gone_id}, actor=actor, version=None))


def test_a_value_that_is_taken_is_said_beside_its_field(within, world):
    within("admin", lambda actor: UserService().update(world.users["reader"], {"employee_no": "E1"}, actor=actor, version=None))
    with pytest.raises(InvalidValues) as refused:
        within("admin", lambda actor: UserService().update(world.users["marketer"], {"employee_no": "E1"}, actor=actor, version=None))
    assert list(refused.value.problems) == ["employee_no"]


def test_all_or_nothing_and_no_news_of_what_did_not_happen(app, actor_of, session):
    told, actor = [], actor_of("sales_a1")
    with app.app_context(), acting_as(actor):
        with pytest.raises(ZeroDivisionError), unit_of_work():
            CustomerService().create({"name": "Half"}, actor=actor)
            after_commit(lambda: told.append("half"))
            raise ZeroDivisionError
        with unit_of_work():
            CustomerService().create({"name": "Whole"}, actor=actor)
            after_commit(lambda: told.append("whole"))
    assert told == ["whole"]
    names = set(session.scalars(select(Customer.name)))
    assert "Whole" in names
    assert "Half" not in names
    assert session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == "create", AuditEntry.actor_id == actor.id)) >= 1


def test_rights_on_a_record_are_asked_of_its_scope(app, actor_of, world):
    with app.app_context(), acting_as(actor := actor_of("manager_a")):
        own = db.session.get(Customer, world.customers["sales_a1"])
        assert CustomerService().reaches(own, actor, Right.TRANSFER)
        assert not CustomerService().reaches(own, actor_of("reader"), Right.EDIT)
        assert db.session.get(CrmUser, world.users["sales_b1"]) is not None
