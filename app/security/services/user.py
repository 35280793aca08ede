"""Users: making, changing, disabling them; passwords; personal preferences."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from app.core.actor import Actor, Right
from app.core.errors import InvalidValues, NotAllowed, NotFound, RuleViolation, StaleRecord
from app.core.fields import Field, Kind
from app.core.i18n import Text, _l
from app.core.services.audit import Changes, record_change
from app.core.services.records import TAKEN, EntityService
from app.core.types import utc_now
from app.extensions import db
from app.security.models import USER, CrmRole, CrmUser
from app.security.rules.names import account_of
from app.security.rules.passwords import password_problem
from app.security.services.roles import rights_held

FULL_NAME = Field(name="full_name", label=_l("Full name"), kind=Kind.TEXT, max_length=120, synonyms=("sales_agent", "姓名", "员工", "name"))
LAST_ADMINISTRATOR = _l("This is the last administrator. Make another one first.")


class UserService(EntityService[CrmUser]):
    """Accounts are disabled, not deleted: records keep pointing at them."""

    entity = USER
    _names: set[str] | None = None

    def check(self, typed: dict[str, Any], record: CrmUser | None, actor: Actor) -> None:
        if "username" in typed and any(c.isspace() for c in typed["username"]):
            raise InvalidValues({"username": _l("A user name has no spaces.")})
        if record is not None and typed.get("manager_id") == record.id:
            raise InvalidValues({"manager_id": _l("Nobody is his own manager.")})
        if record is not None and typed.get("active") is False:
            if record.id == actor.id:
                raise InvalidValues({"active": _l("You cannot disable yourself.")})
            if is_last_administrator(self.session, record):
                raise InvalidValues({"active": LAST_ADMINISTRATOR})
        for name in ("username", "email"):
            if typed.get(name) and self._exists(name, typed[name], record):
                raise InvalidValues({name: TAKEN})

    def _exists(self, name: str, value: str, record: CrmUser | None) -> bool:
        column = getattr(CrmUser, name)
        found = select(CrmUser.id).where(func.lower(column) == value.lower())
        return self.session.scalar(found if record is None else found.where(CrmUser.id != record.id)) is not None

    def import_fields(self) -> list[Field]:
        """A file may give the full name in one column."""
        return [FULL_NAME, *super().import_fields()]

    def from_import(self, values: dict[str, Any]) -> dict[str, Any]:
        """Names, user name and address of a person of whom the file tells only the name."""
        values = dict(values)
        full_name = values.pop("full_name", None)
        if full_name:
            for name, value in account_of(full_name, self._taken_names()).items():
                values.setdefault(name, value)
        return values

    def create_named(self, text: str, *, actor: Actor) -> CrmUser:
        return self.create(self.from_import({"full_name": text}), actor=actor)

    def _taken_names(self) -> set[str]:
        if self._names is None:
            self._names = set(self.session.scalars(select(func.lower(CrmUser.username))))
        return self._names

    def change(self, record: CrmUser, typed: Mapping[str, Any], *, actor: Actor, action: str = "update") -> Changes:
        if is_administrator(record) and not actor.is_administrator and not actor.is_system:
            raise NotAllowed(_l("Only an administrator changes an administrator."))
        return super().change(record, typed, actor=actor, action=action)

    def updated(self, record: CrmUser, changes: Changes, actor: Actor) -> None:
        if "active" in changes:
            end_sessions(record)

    def delete(self, record_id: int, *, actor: Actor, version: int | None = None) -> CrmUser:
        """Disable: the name stays on everything this person did."""
        record = self.get(record_id, actor=actor, right=Right.DELETE)
        if version is not None and version != record.version:
            raise StaleRecord()
        self.check({"active": False}, record, actor)
        self.change(record, {"active": False}, actor=actor, action="disable")
        return record

    def set_roles(self, record: CrmUser, roles: Sequence[CrmRole], *, actor: Actor) -> None:
        """Replace a user's roles; administrators are made by administrators only."""
        self.require(Right.EDIT, actor)
        before, after = set(record.roles), set(roles)
        if before == after:
            return
        if any(role.is_administrator for role in before ^ after) and not (actor.is_administrator or actor.is_system):
            raise NotAllowed(_l("Only an administrator makes administrators."))
        if not (actor.is_administrator or actor.is_system) and not actor.may(Right.EDIT, "role"):
            raise NotAllowed()
        if any(not actor.may(right, entity) for role in after - before for right, entity in rights_held(role)):
            raise NotAllowed(_l("You cannot give a right that you do not hold."))
        if is_last_administrator(self.session, record) and not any(role.is_administrator for role in after):
            raise RuleViolation(LAST_ADMINISTRATOR)
        record.roles = list(roles)
        record.version = (record.version or 0) + 1
        self.session.flush()
        names = (", ".join(sorted(r.name for r in before)), ", ".join(sorted(r.name for r in after)))
        record_change(self.session, actor, "user", record.id, "set_roles", {"roles": names})

    def set_password(self, record: CrmUser, password: str, *, actor: Actor) -> None:
        """A new password given by an administrator of users."""
        if is_administrator(record) and not actor.is_administrator and not actor.is_system:
            raise NotAllowed(_l("Only an administrator changes an administrator."))
        self.require(Right.EDIT, actor)
        store_password(record, password, field="password")
        end_sessions(record)
        self.session.flush()
        record_change(self.session, actor, "user", record.id, "set_password")


def is_administrator(user: CrmUser) -> bool:
    return any(role.is_administrator for role in user.roles)


def is_last_administrator(session: Session, user: CrmUser) -> bool:
    """Whether the system would be without an active administrator if this one went."""
    if not is_administrator(user):
        return False
    others = select(CrmUser.id).where(
        CrmUser.id != user.id, CrmUser.active.is_(True), CrmUser.roles.any(CrmRole.is_administrator.is_(True))
    )
    return session.scalar(others.limit(1)) is None


def store_password(user: CrmUser, password: str, *, field: str) -> None:
    """Hash and keep a password that is good enough for its owner."""
    about = (user.username, user.first_name, user.last_name, (user.email or "").split("@")[0])
    problem = password_problem(password, about=tuple(word or "" for word in about))
    if problem is not None:
        raise InvalidValues({field: problem})
    user.password = generate_password_hash(password)


def end_sessions(user: CrmUser) -> None:
    """Sign a person out everywhere: browsers, and programs with tokens."""
    user.session_epoch += 1


def make_user(session: Session, values: Mapping[str, Any], *, password: str | None, roles: Sequence[CrmRole]) -> CrmUser:
    """A new account from plain values; without a password nobody can sign in with it yet."""
    taken: dict[str, Text] = {}
    for name in ("username", "email"):
        column = getattr(CrmUser, name)
        if session.scalar(select(CrmUser.id).where(func.lower(column) == str(values[name]).lower())) is not None:
            taken[name] = TAKEN
    if taken:
        raise InvalidValues(taken)
    names = ("username", "first_name", "last_name", "email", "phone", "department_id", "manager_id", "employee_no", "locale")
    user = CrmUser(active=True, **{n: values[n] for n in names if values.get(n)})
    user.email = user.email.lower()
    if password is not None:
        store_password(user, password, field="password")
    user.roles = list(roles)
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:
        raise InvalidValues({"username": TAKEN}) from error
    return user


def get_user(user_id: int) -> CrmUser:
    user = db.session.get(CrmUser, user_id)
    if user is None:
        raise NotFound()
    return user


def set_preference(user_id: int, **values: str) -> None:
    """Language or theme of a person; no audit, it concerns nobody else."""
    user = get_user(user_id)
    for name, value in values.items():
        setattr(user, name, value)


def update_profile(user_id: int, values: Mapping[str, Any], *, actor: Actor) -> None:
    """A person's own name, phone and time zone."""
    user = get_user(user_id)
    changes = {n: (getattr(user, n), v) for n, v in values.items() if getattr(user, n) != v}
    for name, (_before, after) in changes.items():
        setattr(user, name, after)
    if changes:
        user.updated_at = utc_now()
        user.version += 1
        record_change(db.session(), actor, "user", user.id, "update", changes)


def change_password(user_id: int, current: str, new: str, *, actor: Actor) -> None:
    """A person's own new password."""
    user = get_user(user_id)
    if not user.password or not check_password_hash(user.password, current):
        raise InvalidValues({"current": _l("This is not your current password.")})
    store_password(user, new, field="new")
    end_sessions(user)
    record_change(db.session(), actor, "user", user.id, "change_password")
