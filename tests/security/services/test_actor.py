"""Who reaches what: levels, the union over roles, and that changes hold at once."""

import pytest
from flask_appbuilder.security.sqla.models import Group, assoc_user_group
from sqlalchemy import insert, select

from app.core.actor import EVERYTHING, NOTHING, SYSTEM, Right, Scope, acting_as
from app.core.database import unit_of_work
from app.customers.models import CUSTOMER, Customer
from app.extensions import db
from app.security.models import CrmRole, CrmUser, DataScope, Department, Level
from app.security.services.actor import load_actor
from app.security.services.roles import permission_rows


@pytest.fixture
def role(app):
    """A new role with some rights and levels; returns its name."""

    def make(name, rights, levels):
        with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
            rows = permission_rows(session)
            scopes = [DataScope(entity=entity, right=right, level=level) for (entity, right), level in levels.items()]
            session.add(CrmRole(name=name, permissions=[rows[pair] for pair in rights], scopes=scopes))
        return name

    return make


@pytest.fixture
def give(app, world):
    """Replace the roles of a person."""

    def set_roles(who, *names):
        with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
            user = session.get(CrmUser, world.users[who])
            user.roles = list(session.scalars(select(CrmRole).where(CrmRole.name.in_(names))))

    return set_roles


def names_seen(client):
    """Owners of the marked customers on the list."""
    page = client.get("/customers/").text
    return {owner for owner in ("sales_a1", "sales_a2", "sales_b1") if f"CNRY-{owner}-customer" in page}


SEE = [("view", "customer")]
ALL = {"sales_a1", "sales_a2", "sales_b1"}


@pytest.mark.parametrize(
    ("who", "level", "seen"),
    [
        ("sales_a1", Level.NONE, set()),
        ("sales_a1", Level.OWN, {"sales_a1"}),
        ("sales_a1", Level.DEPARTMENT, {"sales_a1", "sales_a2"}),
        ("manager_a", Level.DEPARTMENT, set()),
        ("manager_a", Level.SUBTREE, {"sales_a1", "sales_a2"}),
        ("sales_b1", Level.SUBTREE, {"sales_b1"}),
        ("service_b", Level.ALL, ALL),
    ],
)
def test_every_level(client_of, role, give, who, level, seen):
    give(who, role("tried", SEE, {("*", "*"): level}))
    assert names_seen(client_of(who)) == seen


def test_own_records_are_seen_wherever_they_lie(app, client_of, world, role, give):
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        session.get(Customer, world.customers["sales_b1"]).owner_id = world.users["sales_a1"]  # the department stays b
    give("sales_a1", role("tried", SEE, {("*", "*"): Level.DEPARTMENT}))
    assert names_seen(client_of("sales_a1")) == ALL


def test_several_roles_add_up(client_of, role, give):
    give("sales_b1", role("own", SEE, {("*", "*"): Level.OWN}), role("here", SEE, {("*", "*"): Level.NONE}))
    assert names_seen(client_of("sales_b1")) == {"sales_b1"}
    give("sales_b1", "own", role("all", SEE, {("*", "*"): Level.ALL}))
    assert names_seen(client_of("sales_b1")) == ALL


def test_a_role_reaches_only_through_rights_of_its_own(app, world, role, give):
    """One role may edit own records, the other sees all: that is not editing all."""
    give("sales_a1", role("editor", [*SEE, ("edit", "customer")], {("*", "*"): Level.OWN}), role("viewer", SEE, {("*", "*"): Level.ALL}))
    with app.app_context(), acting_as(SYSTEM):
        actor = load_actor(world.users["sales_a1"])
    assert actor.scope("customer", Right.VIEW).everything
    assert actor.scope("customer", Right.EDIT) == Scope(own=True)
    assert actor.scope("customer", Right.DELETE) == NOTHING


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ({("customer", "view"): Level.ALL, ("customer", "*"): Level.NONE}, EVERYTHING),
        ({("customer", "*"): Level.ALL, ("*", "view"): Level.NONE}, EVERYTHING),
        ({("*", "view"): Level.ALL, ("*", "*"): Level.NONE}, EVERYTHING),
        ({("contact", "view"): Level.ALL, ("*", "edit"): Level.ALL}, NOTHING),
        ({}, NOTHING),
    ],
)
def test_the_most_specific_level_counts(app, world, role, give, levels, expected):
    give("sales_a1", role("tried", SEE, levels))
    with app.app_context(), acting_as(SYSTEM):
        assert load_actor(world.users["sales_a1"]).scope("customer") == expected


def test_roles_of_a_group_count_like_own_ones(app, client_of, world, role, give):
    give("nobody")
    name = role("grouped", SEE, {("*", "*"): Level.ALL})
    assert client_of("nobody").get("/customers/").status_code == 403
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        group = Group(name="team", roles=[session.scalar(select(CrmRole).where(CrmRole.name == name))])
        session.add(group)
        session.flush()
        session.execute(insert(assoc_user_group).values(user_id=world.users["nobody"], group_id=group.id))
    assert names_seen(client_of("nobody")) == ALL


def test_a_change_holds_from_the_next_request_on(app, client_of, world, role, give):
    client = client_of("manager_a")
    give("manager_a", role("tried", SEE, {("*", "*"): Level.SUBTREE}))
    assert names_seen(client) == {"sales_a1", "sales_a2"}
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        session.get(CrmUser, world.users["manager_a"]).department_id = world.departments["b"]
    assert names_seen(client) == {"sales_b1"}
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        session.get(CrmUser, world.users["manager_a"]).department_id = None
    assert names_seen(client) == set()
    give("manager_a")
    assert client.get("/customers/").status_code == 403


def test_an_administrator_sees_everything_without_levels(app, world):
    with app.app_context(), acting_as(SYSTEM):
        actor = load_actor(world.users["admin"])
    assert actor.is_administrator
    assert actor.scope(CUSTOMER.name, Right.DELETE) == EVERYTHING


def test_a_department_moved_under_another_widens_its_manager(app, client_of, world):
    """manager_a leads a; b comes to lie below it."""
    client = client_of("manager_a")
    assert names_seen(client) == {"sales_a1", "sales_a2"}
    version = client_of("admin").get(f"/api/v1/departments/{world.departments['b']}").get_json()["version"]
    moved = {"parent_id": world.departments["a"], "version": version}
    assert client_of("admin").put(f"/api/v1/departments/{world.departments['b']}", json=moved).status_code == 200
    with app.app_context(), acting_as(SYSTEM):
        assert db.session.get(Department, world.departments["b"]).path.count("/") == 4
    assert names_seen(client) == ALL
