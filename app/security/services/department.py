"""Departments: keeping the tree a tree."""

from typing import Any

from sqlalchemy import select

from app.core.actor import Actor
from app.core.errors import InvalidValues, RuleViolation
from app.core.i18n import _l
from app.core.services.audit import Changes
from app.core.services.records import EntityService
from app.security.models import DEPARTMENT, CrmUser, Department

LONGEST_PATH = 255


class DepartmentService(EntityService[Department]):
    """Every change of the parent moves the whole branch."""

    entity = DEPARTMENT

    def check(self, typed: dict[str, Any], record: Department | None, actor: Actor) -> None:
        parent_id = typed.get("parent_id")
        if record is None or parent_id is None:
            return
        parent = self.session.get(Department, parent_id)
        if parent is not None and parent.path.startswith(record.path):
            raise InvalidValues({"parent_id": _l("A department cannot lie below itself.")})

    def created(self, record: Department, actor: Actor) -> None:
        record.path = self._path(record)
        self.session.flush()

    def updated(self, record: Department, changes: Changes, actor: Actor) -> None:
        if "parent_id" not in changes:
            return
        old, new = record.path, self._path(record)
        branch = self.session.scalars(select(Department).where(Department.path.startswith(old)).execution_options(with_deleted=True))
        for department in branch:
            department.path = new + department.path[len(old) :]
        self.session.flush()

    def _path(self, record: Department) -> str:
        parent = self.session.get(Department, record.parent_id) if record.parent_id else None
        path = f"{parent.path if parent else '/'}{record.id}/"
        if len(path) > LONGEST_PATH:
            raise RuleViolation(_l("The tree of departments is too deep."))
        return path

    def check_delete(self, record: Department, actor: Actor) -> None:
        below = select(Department.id).where(Department.parent_id == record.id)
        staff = select(CrmUser.id).where(CrmUser.department_id == record.id, CrmUser.active.is_(True))
        if self.session.scalar(below.limit(1)) is not None:
            raise RuleViolation(_l("There are departments below this one. Move them first."))
        if self.session.scalar(staff.limit(1)) is not None:
            raise RuleViolation(_l("People still belong to this department. Move them first."))
