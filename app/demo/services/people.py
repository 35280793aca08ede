"""The demo company's departments, colleagues and service desk."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.services.records import service_of
from app.demo.rules.company import COLLEAGUES, DEPARTMENTS
from app.security.models import DEPARTMENT, CrmRole, CrmUser, Department
from app.security.services.user import make_user
from app.support.models import QUEUE

QUEUES = [("技术支持", "Technical support"), ("账务与订单", "Billing and orders")]


def make_departments(session: Session, *, actor: Actor) -> dict[str, int]:
    """{key: id}, below the company's own root."""
    root = session.scalar(select(Department.id).where(Department.parent_id.is_(None)).order_by(Department.id).limit(1))
    made: dict[str, int] = {}
    for key, parent, zh, en in DEPARTMENTS:
        values = {"name_zh": zh, "name_en": en, "parent_id": made[parent] if parent else root}
        made[key] = service_of(DEPARTMENT).create(values, actor=actor).id
    return made


def make_colleagues(session: Session, departments: dict[str, int]) -> dict[str, CrmUser]:
    """{user name: account}; nobody can sign in with one until an administrator sets a password."""
    roles = {role.name: role for role in session.scalars(select(CrmRole).where(CrmRole.name.in_({c.role for c in COLLEAGUES})))}
    made: dict[str, CrmUser] = {}
    for number, colleague in enumerate(COLLEAGUES, 1):
        values: dict[str, Any] = {
            "username": colleague.username,
            "first_name": colleague.given,
            "last_name": colleague.family,
            "email": f"{colleague.username}@example.com",
            "employee_no": f"D{number:03d}",
            "department_id": departments[colleague.department],
            "locale": colleague.locale,
        }
        made[colleague.username] = make_user(session, values, password=None, roles=[roles[colleague.role]])
    _name_heads(session, made, departments)
    return made


def _name_heads(session: Session, users: dict[str, CrmUser], departments: dict[str, int]) -> None:
    """Everybody answers to the head of the own department, a head to the one above."""
    heads = {c.department: users[c.username] for c in COLLEAGUES if c.leads}
    above = {key: parent for key, parent, _zh, _en in DEPARTMENTS}
    for key, head in heads.items():
        department = session.get(Department, departments[key])
        assert department is not None
        department.head_id = head.id
    for colleague in COLLEAGUES:
        above_them = heads.get(above[colleague.department] or "") if colleague.leads else heads.get(colleague.department)
        users[colleague.username].manager_id = above_them.id if above_them else None
    session.flush()


def make_queues(departments: dict[str, int], *, actor: Actor) -> list[int]:
    """Queues of the service department."""
    rows = [{"name_zh": zh, "name_en": en, "department_id": departments["service"], "active": True} for zh, en in QUEUES]
    return [queue.id for queue in service_of(QUEUE).add_many(rows, actor=actor)]
