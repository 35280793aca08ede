"""What every business record carries, and the ways a record can belong to somebody."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from flask_appbuilder import Model
from sqlalchemy import Index, Integer, event
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app.core import fields
from app.core.i18n import _l, pick
from app.core.types import Identifier, UTCDateTime, utc_now

if TYPE_CHECKING:
    from app.security.models import CrmUser


class Record(Model):
    """id, optimistic version, who and when, recycle bin."""

    __abstract__ = True
    # How the record scope finds whose it is: see core/scope.py.
    scope_parent: ClassVar[str | None] = None

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    created_at: Mapped[datetime] = fields.moment(_l("Created at"), required=True, readonly=True, default=utc_now)
    updated_at: Mapped[datetime] = fields.moment(_l("Updated at"), required=True, readonly=True, default=utc_now)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime, nullable=True)

    @declared_attr
    def created_by_id(cls) -> Mapped[int | None]:
        return fields.reference("user", _l("Created by"), table="ab_user", readonly=True)

    @declared_attr
    def updated_by_id(cls) -> Mapped[int | None]:
        return fields.reference("user", _l("Updated by"), table="ab_user", readonly=True, index=False)

    @declared_attr
    def created_by(cls) -> Mapped["CrmUser | None"]:
        return relationship("CrmUser", foreign_keys=[cls.created_by_id], viewonly=True)  # type: ignore[list-item]

    @declared_attr
    def updated_by(cls) -> Mapped["CrmUser | None"]:
        return relationship("CrmUser", foreign_keys=[cls.updated_by_id], viewonly=True)  # type: ignore[list-item]

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version} if "version" in cls.__dict__ or cls.__name__ != "Record" else {}

    @property
    def title(self) -> str:
        """How the record is called in links and headings."""
        return str(getattr(self, "name", None) or getattr(self, "subject", None) or f"#{self.id}")

    def __str__(self) -> str:
        return self.title


class Owned(Record):
    """A record with an owner; the owner's department at assignment time is kept on it."""

    __abstract__ = True

    @declared_attr
    def owner_id(cls) -> Mapped[int | None]:
        return fields.reference(
            "user", _l("Owner"), table="ab_user", index=False, synonyms=("负责人", "sales_agent", "sales agent", "account owner")
        )

    @declared_attr
    def department_id(cls) -> Mapped[int | None]:
        return fields.reference("department", _l("Department"), readonly=True, index=False)

    @declared_attr
    def owner(cls) -> Mapped["CrmUser | None"]:
        return relationship("CrmUser", foreign_keys=[cls.owner_id])  # type: ignore[list-item]

    @declared_attr
    def department(cls) -> Mapped[Any]:
        return relationship("Department", foreign_keys=[cls.department_id])  # type: ignore[list-item]


class Attached(Record):
    """A record that hangs on another one of any kind, by entity name and id, and is seen by whoever sees that."""

    __abstract__ = True

    entity: Mapped[str | None] = fields.text(_l("Kind of record"), 40, sortable=False, named_set="record_kinds")
    record_id: Mapped[int | None] = fields.integer(_l("Record number"), minimum=1, maximum=2**63 - 1, sortable=False, listed=False)


class Bilingual:
    """A name in both languages, for data that administrators maintain."""

    name_zh: Mapped[str] = fields.text(_l("Name (Chinese)"), 100, required=True)
    name_en: Mapped[str] = fields.text(_l("Name (English)"), 100, required=True)

    @property
    def name(self) -> str:
        return pick(self.name_zh, self.name_en)


@event.listens_for(Model, "instrument_class", propagate=True)
def _index_for_lists(mapper: Any, cls: type) -> None:
    """The indexes every list, scope and timeline relies on, made once for all tables."""
    table = mapper.local_table
    if not (isinstance(cls, type) and issubclass(cls, Record)) or table is None or table.name.startswith("ab_"):
        return
    wanted: list[tuple[str, ...]] = [("updated_at", "id")]
    if issubclass(cls, Owned):
        wanted += [("owner_id", "updated_at", "id"), ("department_id", "updated_at", "id")]
    if issubclass(cls, Attached):
        wanted += [("entity", "record_id", "created_at")]
    present = {tuple(column.name for column in index.columns) for index in table.indexes}
    for names in wanted:
        if names not in present:
            Index(None, *(table.c[name] for name in names))
