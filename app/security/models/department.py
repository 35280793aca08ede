"""Departments: a tree, kept as parent and materialised path."""

from typing import Optional

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import fields
from app.core.entity import CONFIGURATION_RIGHTS, Related, Section, entity
from app.core.i18n import _l
from app.core.models.record import Bilingual, Record


class Department(Bilingual, Record):
    """A department; `path` is /1/4/9/ from the root to itself, so a subtree is a prefix."""

    __tablename__ = "department"

    code: Mapped[str | None] = fields.text(_l("Code"), 40, unique=True)
    parent_id: Mapped[int | None] = fields.reference("department", _l("Parent department"))
    head_id: Mapped[int | None] = fields.reference("user", _l("Head"), table="ab_user")
    active: Mapped[bool] = fields.boolean(_l("Active"), default=True)
    path: Mapped[str] = mapped_column(String(255), nullable=False, default="/", index=True)

    parent: Mapped[Optional["Department"]] = relationship(remote_side="Department.id", foreign_keys=[parent_id])
    head: Mapped[Optional["CrmUser"]] = relationship("CrmUser", foreign_keys=[head_id])  # type: ignore[name-defined] # noqa: F821


DEPARTMENT = entity(
    Department,
    label=_l("Department"),
    plural=_l("Departments"),
    description=_l("The tree of departments decides what managers see."),
    icon="sitemap",
    path="/departments",
    columns=("name_zh", "name_en", "parent_id", "head_id", "code", "active"),
    sections=(Section(_l("Department"), ("name_zh", "name_en", "parent_id", "head_id", "code", "active")),),
    search=("name_zh", "name_en", "code"),
    sort="path",
    filters=("parent_id", "active"),
    related=(Related("user", "department_id"), Related("department", "parent_id")),
    rights=CONFIGURATION_RIGHTS,
)
