"""Nobody gives what he does not hold: neither rights nor reach."""

import pytest
from sqlalchemy import func, select

from app.core.actor import SYSTEM, acting_as
from app.core.database import unit_of_work
from app.core.errors import NotAllowed, NotFound
from app.security.models import CrmRole, CrmUser, DataScope, Level
from app.security.services.roles import permission_rows, rights_held, set_rights
from app.security.services.setup import set_up
from app.security.services.user import UserService

RIGHTS = [("view", "user"), ("edit", "user"), ("view", "role"), ("edit", "role")]


@pytest.fixture
def clerk(app, actor_of, world):
    """marketer administers users and roles, but is no administrator."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        rows = permission_rows(session)
        scopes = [DataScope(entity="*", right="*", level=Level.OWN)]
        role = CrmRole(name="clerk", permissions=[rows[pair] for pair in RIGHTS], scopes=scopes)
        marketer = session.get(CrmUser, world.users["marketer"])
        marketer.roles = [role]
    return actor_of("marketer")


def state(session):
    session.expire_all()
    roles = session.scalars(select(CrmRole).order_by(CrmRole.id)).all()
    users = session.scalars(select(CrmUser).order_by(CrmUser.id)).all()
    return (
        [(role.name, sorted(rights_held(role)), [s.level for s in role.scopes], role.version) for role in roles],
        [(user.username, sorted(role.name for role in user.roles)) for user in users],
    )


def test_no_role_that_holds_more(app, clerk, session, world):
    before = state(session)
    with app.app_context(), acting_as(clerk), pytest.raises(NotAllowed), unit_of_work() as current:
        manager = current.scalar(select(CrmRole).where(CrmRole.name == "sales_manager"))
        UserService().set_roles(current.get(CrmUser, clerk.id), [manager], actor=clerk)
    assert state(session) == before


@pytest.mark.parametrize(("wanted", "level"), [(RIGHTS, Level.ALL), (RIGHTS, Level.SUBTREE), ([*RIGHTS, ("view", "customer")], Level.OWN)])
def test_no_wider_reach_and_no_other_right(app, clerk, session, wanted, level):
    before = state(session)
    with app.app_context(), acting_as(clerk), pytest.raises(NotAllowed), unit_of_work() as current:
        set_rights(current, current.scalar(select(CrmRole).where(CrmRole.name == "clerk")), wanted, level, actor=clerk)
    assert state(session) == before


def test_less_can_be_given(app, clerk, session):
    with app.app_context(), acting_as(clerk), unit_of_work() as current:
        set_rights(current, current.scalar(select(CrmRole).where(CrmRole.name == "clerk")), RIGHTS[:3], Level.NONE, actor=clerk)
    session.expire_all()
    role = session.scalar(select(CrmRole).where(CrmRole.name == "clerk"))
    assert (rights_held(role), [s.level for s in role.scopes]) == (set(RIGHTS[:3]), [Level.NONE])


def test_a_company_is_set_up_once(app, session):
    answers = {
        "company": "Other",
        "username": "second",
        "email": "second@example.com",
        "first_name": "S",
        "last_name": "T",
        "password": "x",
    }
    before = session.scalar(select(func.count(CrmUser.id)))
    with app.app_context(), acting_as(SYSTEM), pytest.raises(NotFound), unit_of_work():
        set_up(answers)
    assert session.scalar(select(func.count(CrmUser.id))) == before
