"""Accounts: the last administrator, who may make whom, names that are taken, sessions that end."""

import pytest
from sqlalchemy import func, select

from app.core.actor import Source, acting_as
from app.core.database import unit_of_work
from app.core.errors import InvalidValues, NotAllowed, Refusal, RuleViolation
from app.core.models import AuditEntry
from app.security.models import CrmRole, CrmUser
from app.security.services.roles import permission_rows
from app.security.services.user import UserService


@pytest.fixture
def within(app, actor_of):
    """Do something as a person, in one unit of work."""

    def run(who, work, source=Source.PAGE):
        actor = actor_of(who).through(source)
        with app.app_context(), acting_as(actor), unit_of_work() as session:
            return work(session, actor)

    return run


@pytest.fixture
def clerk(within, world):
    """marketer may now create and edit users, and edit roles, but is no administrator."""

    def grant(session, _actor):
        rows = permission_rows(session)
        wanted = [("view", "user"), ("create", "user"), ("edit", "user"), ("delete", "user"), ("view", "role"), ("edit", "role")]
        role = CrmRole(name="clerk", permissions=[rows[pair] for pair in wanted])
        session.add(role)
        marketer = session.get(CrmUser, world.users["marketer"])
        marketer.roles.append(role)

    within("admin", grant)
    return "marketer"


def stored(session, world, who):
    session.expire_all()
    user = session.get(CrmUser, world.users[who])
    return user.active, sorted(role.name for role in user.roles), user.password, user.version, user.session_epoch


def role_named(session, name):
    return session.scalar(select(CrmRole).where(CrmRole.name == name))


LOSSES = {
    "disabled by another": lambda session, world, actor: UserService().update(
        world.users["admin"], {"active": False}, actor=actor, version=None
    ),
    "deleted": lambda session, world, actor: UserService().delete(world.users["admin"], actor=actor),
    "without the role": lambda session, world, actor: UserService().set_roles(
        session.get(CrmUser, world.users["admin"]), [role_named(session, "sales")], actor=actor
    ),
    "with no role at all": lambda session, world, actor: UserService().set_roles(
        session.get(CrmUser, world.users["admin"]), [], actor=actor
    ),
}


@pytest.mark.parametrize("way", LOSSES)
def test_the_last_administrator_cannot_be_lost(within, session, world, way):
    before = stored(session, world, "admin")
    with pytest.raises((InvalidValues, RuleViolation)):
        within("admin", lambda current, actor: LOSSES[way](current, world, actor))
    assert stored(session, world, "admin") == before


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("post", "/users/{id}/delete", {"data": {"version": "1"}}),
        ("post", "/users/{id}/roles", {"data": {"role": []}}),
        ("post", "/users/bulk/delete", {"data": {"id": "{id}"}}),
        ("put", "/api/v1/users/{id}", {"json": {"active": False, "version": 1}}),
        ("delete", "/api/v1/users/{id}", {}),
    ],
)
def test_nor_through_a_page_or_the_api(client_of, session, world, method, address, body):
    before, own = stored(session, world, "admin"), str(world.users["admin"])
    body = {kind: {name: own if value == "{id}" else value for name, value in values.items()} for kind, values in body.items()}
    answer = getattr(client_of("admin"), method)(address.format(id=own), **body)
    assert answer.status_code in {302, 409, 422}
    assert stored(session, world, "admin") == before


def test_with_two_administrators_one_may_go(within, session, world):
    within(
        "admin",
        lambda current, actor: UserService().set_roles(
            current.get(CrmUser, world.users["manager_a"]), [role_named(current, "Admin")], actor=actor
        ),
    )
    within("manager_a", lambda current, actor: UserService().delete(world.users["admin"], actor=actor))
    assert stored(session, world, "admin")[0] is False


CLIMBS = {
    "makes an administrator": lambda session, world, actor: UserService().set_roles(
        session.get(CrmUser, world.users["nobody"]), [role_named(session, "Admin")], actor=actor
    ),
    "makes oneself one": lambda session, world, actor: UserService().set_roles(
        session.get(CrmUser, actor.id), [role_named(session, "Admin")], actor=actor
    ),
    "gives an administrator a password": lambda session, world, actor: UserService().set_password(
        session.get(CrmUser, world.users["admin"]), "purple-lamp-walks-31", actor=actor
    ),
    "changes an administrator's address": lambda session, world, actor: UserService().update(
        world.users["admin"], {"email": "mine@example.com"}, actor=actor, version=1
    ),
    "disables an administrator": lambda session, world, actor: UserService().delete(world.users["admin"], actor=actor),
}


@pytest.mark.parametrize("way", CLIMBS)
def test_nobody_climbs_over_administrators(within, clerk, session, world, way):
    before = {who: stored(session, world, who) for who in ("admin", "nobody", clerk)}
    with pytest.raises(Refusal) as refused:
        within(clerk, lambda current, actor: CLIMBS[way](current, world, actor))
    assert isinstance(refused.value, NotAllowed | InvalidValues)
    assert {who: stored(session, world, who) for who in before} == before


def test_who_may_edit_users_only_gives_no_roles(within, session, world):
    with pytest.raises(NotAllowed):
        within(
            "manager_a",
            lambda current, actor: UserService().set_roles(current.get(CrmUser, actor.id), [role_named(current, "marketing")], actor=actor),
        )
    assert stored(session, world, "manager_a")[1] == ["sales_manager"]


@pytest.mark.parametrize(("field", "value"), [("username", "SALES_A1"), ("email", "Sales_A1@Example.com")])
def test_names_are_taken_whatever_their_letters(within, session, field, value):
    before = session.scalar(select(func.count(CrmUser.id)))
    values = {"username": "new", "email": "new@example.com", "first_name": "New", "last_name": "Person", field: value}
    with pytest.raises(InvalidValues) as refused:
        within("admin", lambda _session, actor: UserService().create(values, actor=actor))
    assert set(refused.value.problems) == {field}
    assert session.scalar(select(func.count(CrmUser.id))) == before


def test_nobody_is_his_own_manager_or_disables_himself(within, world):
    for values, field in (({"manager_id": world.users["admin"]}, "manager_id"), ({"active": False}, "active")):
        with pytest.raises(InvalidValues) as refused:
            within(
                "admin", lambda _session, actor, values=values: UserService().update(world.users["admin"], values, actor=actor, version=1)
            )
        assert set(refused.value.problems) == {field}


def test_a_disabled_person_is_out_at_the_next_click(client_of, within, world):
    client = client_of("sales_a1")
    assert client.get("/customers/").status_code == 200
    within("admin", lambda _session, actor: UserService().delete(world.users["sales_a1"], actor=actor))
    assert client.get("/customers/").location.startswith("/login/")


def test_a_weak_password_is_refused_and_the_old_one_stays(within, session, world):
    before = stored(session, world, "sales_a1")
    for weak in ("short", "1234567890", "Sales_A1-forever"):
        with pytest.raises(InvalidValues):
            within(
                "admin",
                lambda current, actor, weak=weak: UserService().set_password(
                    current.get(CrmUser, world.users["sales_a1"]), weak, actor=actor
                ),
            )
    assert stored(session, world, "sales_a1") == before


def test_permission_changes_are_in_the_audit(within, session, world):
    within(
        "admin",
        lambda current, actor: UserService().set_roles(
            current.get(CrmUser, world.users["nobody"]), [role_named(current, "sales")], actor=actor
        ),
    )
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.entity, entry.record_id, entry.action) == ("user", world.users["nobody"], "set_roles")
    assert entry.changes == {"roles": ["", "sales"]}
