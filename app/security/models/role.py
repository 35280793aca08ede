"""Roles: FAB's, extended by names in both languages and the records they reach."""

from typing import TYPE_CHECKING, Any

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import fields
from app.core.choices import Choice
from app.core.entity import CONFIGURATION_RIGHTS, Section, entity
from app.core.fields import Field, Kind
from app.core.i18n import _l, pick
from app.core.types import ChoiceType


class Level(Choice):
    """How far a role reaches among the records of an entity."""

    NONE = "none", _l("None")
    OWN = "own", _l("Own")
    DEPARTMENT = "department", _l("Own department")
    SUBTREE = "subtree", _l("Own department and below")
    ALL = "all", _l("All")


def _title(role: Any) -> str:
    return pick(role.name_zh, role.name_en) or role.name


if TYPE_CHECKING:

    class CrmRole(Role):
        """What a group of people may do."""

        version: Mapped[int]
        name_zh: Mapped[str | None]
        name_en: Mapped[str | None]
        description_zh: Mapped[str | None]
        description_en: Mapped[str | None]
        preset: Mapped[bool]
        is_administrator: Mapped[bool]
        scopes: Mapped[list["DataScope"]]
        title: str
else:
    # The columns go onto FAB's own class: its relationships load that one, and a row must have one class only.
    CrmRole = Role
    CrmRole.version = mapped_column(Integer, nullable=False, default=1, server_default="1")
    CrmRole.name_zh = fields.text(_l("Name (Chinese)"), 100)
    CrmRole.name_en = fields.text(_l("Name (English)"), 100)
    CrmRole.description_zh = fields.text(_l("Description (Chinese)"), 500)
    CrmRole.description_en = fields.text(_l("Description (English)"), 500)
    # Comes with the product.
    CrmRole.preset = mapped_column(Boolean, nullable=False, default=False, server_default="0")
    # Sees and does everything; cannot be narrowed. The last such user cannot be lost.
    CrmRole.is_administrator = mapped_column(Boolean, nullable=False, default=False, server_default="0")
    CrmRole.scopes = relationship("DataScope", back_populates="role", cascade="all, delete-orphan")
    CrmRole.scope_parent = None
    CrmRole.title = property(_title)
    CrmRole.__str__ = _title


class DataScope(Model):
    """Role × entity × right → level; '*' stands for every entity or every right."""

    __tablename__ = "data_scope"
    __table_args__ = (UniqueConstraint("role_id", "entity", "right"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("ab_role.id", ondelete="CASCADE"), nullable=False)
    entity: Mapped[str] = mapped_column(String(40), nullable=False, default="*")
    right: Mapped[str] = mapped_column(String(12), nullable=False, default="*")
    level: Mapped[Level] = mapped_column(ChoiceType(Level), nullable=False)

    role: Mapped["CrmRole"] = relationship("Role", back_populates="scopes")


Role.__table__.c["name"].info["field"] = Field(label=_l("Key"), kind=Kind.TEXT, required=True, unique=True, max_length=64)

ROLE = entity(
    CrmRole,
    name="role",
    label=_l("Role"),
    plural=_l("Roles"),
    description=_l("What people may do, and how far they see."),
    icon="shield-lock",
    path="/roles",
    columns=("name_zh", "name_en", "description_zh", "description_en"),
    sections=(Section(_l("Role"), ("name", "name_zh", "name_en", "description_zh", "description_en")),),
    search=("name", "name_zh", "name_en"),
    sort="name",
    rights=CONFIGURATION_RIGHTS,
)
