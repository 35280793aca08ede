"""Users: FAB's account, extended by what a company knows of its people."""

from datetime import datetime
from typing import Any, Optional

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import fields
from app.core.actor import Right
from app.core.entity import Section, entity
from app.core.fields import Field, Kind
from app.core.i18n import _l
from app.core.types import utc_now


class CrmUser(User):
    """A person who signs in. Names: `first_name` is the given name, `last_name` the family name."""

    __tablename__ = "ab_user"

    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1, server_default="1")
    updated_at: Mapped[datetime] = fields.moment(_l("Updated at"), readonly=True, default=utc_now)
    employee_no: Mapped[str | None] = fields.text(_l("Employee number"), 40, unique=True)
    phone: Mapped[str | None] = fields.phone(_l("Phone"))
    department_id: Mapped[int | None] = fields.reference(
        "department", _l("Department"), use_alter=True, synonyms=("regional_office", "region")
    )
    manager_id: Mapped[int | None] = fields.reference("user", _l("Manager"), table="ab_user")
    locale: Mapped[str | None] = mapped_column(String(5))
    timezone: Mapped[str | None] = mapped_column(String(40))
    theme: Mapped[str | None] = mapped_column(String(8))
    # Sessions and tokens carry the number with which they began; counting on ends them all.
    session_epoch: Mapped[int] = mapped_column(Integer, nullable=False, default=0, server_default="0")

    department: Mapped[Any] = relationship("Department", foreign_keys=[department_id])
    manager: Mapped[Optional["CrmUser"]] = relationship("CrmUser", foreign_keys=[manager_id], remote_side="CrmUser.id")

    scope_parent = None

    def get_id(self) -> str:
        """What sessions and tokens keep of the person."""
        return f"{self.id}.{self.session_epoch}"

    @property
    def title(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Family name first, without a space, when it is written in Chinese."""
        family, given = self.last_name or "", self.first_name or ""
        if any("一" <= c <= "鿿" for c in family + given):
            return f"{family}{given}"
        return f"{given} {family}".strip()

    def __str__(self) -> str:
        return self.full_name


# FAB declares these columns; the kit only needs to know what they are.
for _name, _field in {
    "username": Field(label=_l("User name"), kind=Kind.TEXT, required=True, unique=True, max_length=64),
    "last_name": Field(label=_l("Family name"), kind=Kind.TEXT, required=True, max_length=64),
    "first_name": Field(label=_l("Given name"), kind=Kind.TEXT, required=True, max_length=64),
    "email": Field(label=_l("E-mail"), kind=Kind.EMAIL, required=True, unique=True, max_length=254),
    "active": Field(label=_l("Active"), kind=Kind.BOOLEAN, default=True),
    "last_login": Field(label=_l("Last sign-in"), kind=Kind.DATETIME, readonly=True),
}.items():
    User.__table__.c[_name].info["field"] = _field

USER = entity(
    CrmUser,
    name="user",
    label=_l("User"),
    plural=_l("Users"),
    description=_l("The people who sign in, with their departments and roles."),
    icon="users",
    path="/users",
    columns=("username", "last_name", "first_name", "department_id", "manager_id", "email", "active"),
    sections=(
        Section(_l("Person"), ("last_name", "first_name", "email", "phone", "employee_no")),
        Section(_l("Place in the company"), ("department_id", "manager_id")),
        Section(_l("Sign-in"), ("username", "active")),
    ),
    facts=("username", "email", "department_id", "manager_id"),
    search=("username", "last_name", "first_name", "email", "employee_no"),
    sort="username",
    filters=("department_id", "manager_id", "active"),
    rights=(Right.VIEW, Right.CREATE, Right.EDIT, Right.DELETE, Right.EXPORT, Right.IMPORT),
)
