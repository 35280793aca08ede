"""Roles as records: presets stay, roles in use stay."""

from typing import Any

from sqlalchemy import delete, select

from app.core.actor import Actor, Right
from app.core.errors import InvalidValues, RuleViolation
from app.core.i18n import _l
from app.core.rules.keys import is_key
from app.core.services.audit import record_change
from app.core.services.records import EntityService
from app.security.models import ROLE, CrmRole, CrmUser, DataScope, Level


class RoleService(EntityService[CrmRole]):
    """A new role may nothing until its grid is filled."""

    entity = ROLE

    def check(self, typed: dict[str, Any], record: CrmRole | None, actor: Actor) -> None:
        if record is not None and "name" in typed and typed["name"] != record.name:
            raise InvalidValues({"name": _l("This stays as it is: records refer to it.")})
        if record is None and not is_key(typed["name"]):
            raise InvalidValues({"name": _l("Small letters, digits and underscores only.")})

    def fill(self, record: CrmRole, actor: Actor) -> None:
        record.scopes = [DataScope(entity="*", right="*", level=Level.OWN)]

    def delete(self, record_id: int, *, actor: Actor, version: int | None = None) -> CrmRole:
        """Really remove: a role is configuration, and the audit keeps its name."""
        role = self.get(record_id, actor=actor, right=Right.DELETE)
        if role.preset or role.is_administrator:
            raise RuleViolation(_l("Roles that come with the product stay."))
        if self.session.scalar(select(CrmUser.id).where(CrmUser.roles.any(CrmRole.id == role.id)).limit(1)) is not None:
            raise RuleViolation(_l("Somebody still has this role."))
        record_change(self.session, actor, "role", role.id, "delete", {"name": (role.name, None)})
        role.permissions = []
        self.session.flush()
        self.session.execute(delete(DataScope).where(DataScope.role_id == role.id))
        self.session.delete(role)
        self.session.flush()
        return role
