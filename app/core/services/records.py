"""The one write path: every add, edit, delete of every door goes through an EntityService."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.actor import Actor, Right
from app.core.entity import Entity, get_entity
from app.core.errors import InvalidValues, NotAllowed, NotFound, RuleViolation, StaleRecord
from app.core.fields import Field, Kind
from app.core.i18n import Text, _l
from app.core.models.record import Attached, Owned
from app.core.rules.values import Unreadable, read_value
from app.core.scope import contains, reach
from app.core.services.audit import Changes, record_change, record_changes
from app.core.services.dictionaries import terms
from app.core.services.numbers import take_numbers
from app.core.types import utc_now
from app.extensions import db

M = TypeVar("M", bound=Any)

REQUIRED = _l("This field is required.")
NOT_A_CHOICE = _l("This is not one of the choices.")
TAKEN = _l("There is already a record with this value.")


class EntityService(Generic[M]):
    """Load → may I → check → change → record → tell. Subclasses add rules by overriding the hooks."""

    entity: ClassVar[Entity]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "entity" in cls.__dict__:
            cls.entity.service = cls

    def __init__(self, entity: Entity | None = None, session: Session | None = None) -> None:
        if entity is not None:
            self.entity = entity  # type: ignore[misc]
        self.session: Session = session or db.session()

    # -- reading ---------------------------------------------------------------
    def get(self, record_id: int, *, actor: Actor, right: Right = Right.VIEW, deleted: bool = False) -> M:
        """The record, if the actor may see it (else NotFound) and holds the right on it (else NotAllowed)."""
        self.require(Right.VIEW, actor)
        model = self.entity.model
        statement = select(model).where(model.id == record_id).execution_options(with_deleted=deleted)
        record = self.session.scalar(statement)
        if record is None:
            raise NotFound()
        if right is not Right.VIEW:
            self.require(right, actor)
            if not self.reaches(record, actor, right):
                raise NotAllowed()
        return record

    def require(self, right: Right, actor: Actor) -> None:
        if not actor.may(right, self.entity.name):
            raise NotAllowed()

    def reaches(self, record: M, actor: Actor, right: Right) -> bool:
        """Whether a visible record is within the scope of a right."""
        if not actor.may(right, self.entity.name):
            return False
        model = self.entity.model
        if issubclass(model, Owned) and not issubclass(model, Attached) and not model.scope_parent:
            return contains(actor.scope(self.entity.name, right), record, actor)
        criterion = reach(self.entity, actor, right)
        if criterion is None:
            return True
        return self.session.scalar(select(model.id).where(model.id == record.id, criterion)) is not None

    # -- writing ---------------------------------------------------------------
    def create(self, values: Mapping[str, Any], *, actor: Actor) -> M:
        """A new record of readable values (typed or as text); readonly fields are refused."""
        self.require(Right.CREATE, actor)
        return self.add(self.read(values, actor, creating=True), actor=actor)

    def add(self, typed: dict[str, Any], *, actor: Actor) -> M:
        """A new record of typed, checked values: the part of `create` that conversions share."""
        return self.add_many([typed], actor=actor)[0]

    def add_many(self, rows: Sequence[dict[str, Any]], *, actor: Actor) -> list[M]:
        """New records of typed values, with one flush and one run of numbers; all of them or none."""
        records = [self.build(typed, actor) for typed in rows]
        if self.entity.has_number:
            unnumbered = [record for record in records if not record.number]
            for record, number in zip(unnumbered, take_numbers(self.session, self.entity, len(unnumbered)), strict=True):
                record.number = number
        self.session.add_all(records)
        self.flush(dict.fromkeys(self.entity.fields))
        made = [
            (record.id, {n: (None, v) for n, v in typed.items() if v not in (None, "")})
            for record, typed in zip(records, rows, strict=True)
        ]
        record_changes(self.session, actor, self.entity.name, "create", made)
        for record in records:
            self.created(record, actor)
        return records

    def build(self, typed: dict[str, Any], actor: Actor) -> M:
        """A complete new record that the session does not know yet."""
        record = self.entity.model()
        self.assign_owner(record, typed, actor)
        self.check(typed, None, actor)
        for name, value in typed.items():
            setattr(record, name, value)
        self.fill(record, actor)
        if "created_by_id" in self.entity.fields:
            record.created_by_id = record.updated_by_id = actor.id
        return record

    def update(self, record_id: int, values: Mapping[str, Any], *, actor: Actor, version: int | None) -> M:
        """Change the given fields of the version that the actor has seen; StaleRecord when it has moved on."""
        record = self.get(record_id, actor=actor, right=Right.EDIT)
        if version is not None and record.version != version:
            raise StaleRecord(current=record.version)
        typed = self.read(values, actor, creating=False, record=record)
        self.check(typed, record, actor)
        self.change(record, typed, actor=actor)
        return record

    def change(self, record: M, typed: Mapping[str, Any], *, actor: Actor, action: str = "update") -> Changes:
        """Set typed values on a loaded record and record what really changed."""
        changes = {name: (getattr(record, name), value) for name, value in typed.items() if getattr(record, name) != value}
        if not changes:
            return changes
        if "owner_id" in changes:
            self.check_transfer(record, changes["owner_id"][1], actor)
        for name, (_before, after) in changes.items():
            setattr(record, name, after)
        record.updated_at = utc_now()
        if "updated_by_id" in self.entity.fields:
            record.updated_by_id = actor.id
        if inspect(type(record)).version_id_col is None:
            record.version += 1  # tables that FAB maps; the others count by themselves
        self.flush(typed)
        record_change(self.session, actor, self.entity.name, record.id, action, changes)
        self.updated(record, changes, actor)
        return changes

    def delete(self, record_id: int, *, actor: Actor, version: int | None = None) -> M:
        """Move to the recycle bin."""
        record = self.get(record_id, actor=actor, right=Right.DELETE)
        if version is not None and record.version != version:
            raise StaleRecord(current=record.version)
        self.check_delete(record, actor)
        record.deleted_at = record.updated_at = utc_now()
        record.updated_by_id = actor.id
        self.flush({}, Right.DELETE)
        record_change(self.session, actor, self.entity.name, record.id, "delete")
        self.deleted(record, actor)
        return record

    def restore(self, record_id: int, *, actor: Actor) -> M:
        """Bring back from the recycle bin."""
        record = self.get(record_id, actor=actor, right=Right.DELETE, deleted=True)
        if record.deleted_at is None:
            return record
        record.deleted_at = None
        record.updated_at = utc_now()
        self.flush({}, Right.DELETE)
        record_change(self.session, actor, self.entity.name, record.id, "restore")
        return record

    def transfer(self, record_id: int, owner_id: int, *, actor: Actor) -> M:
        """Hand a record to another owner."""
        record = self.get(record_id, actor=actor, right=Right.TRANSFER)
        self.session.info["acting_right"] = Right.TRANSFER
        try:
            self.change(record, {"owner_id": owner_id}, actor=actor, action="transfer")
        finally:
            self.session.info.pop("acting_right", None)
        return record

    # -- reading values --------------------------------------------------------
    def read(self, values: Mapping[str, Any], actor: Actor, *, creating: bool, record: M | None = None) -> dict[str, Any]:
        """Typed values of the writable fields, or InvalidValues with a sentence for each bad one."""
        typed: dict[str, Any] = {}
        problems: dict[str, Text] = {}
        for name, raw in values.items():
            field = self.entity.fields.get(name)
            if field is None or field.readonly:
                problems[name] = _l("There is no such field that can be written.")
                continue
            try:
                typed[name] = self.read_one(field, raw, actor, record)
            except Unreadable as unreadable:
                problems[name] = unreadable.sentence
        if creating:
            for name, field in self.entity.fields.items():
                if field.required and not field.readonly and name not in values and field.default is None:
                    problems[name] = REQUIRED
        if problems:
            raise InvalidValues(problems)
        return typed

    def read_one(self, field: Field, raw: Any, actor: Actor, record: M | None) -> Any:
        """One typed value; a retired dictionary term stays allowed where it already is."""
        value = read_value(field, raw, zone=actor.timezone)
        if value is None and field.required:
            if field.default is not None and record is None:
                return field.default
            raise Unreadable(REQUIRED)
        if field.kind is Kind.DICTIONARY and value is not None:
            term = terms(self.session, str(field.dictionary)).get(value)
            if term is None or not (term.active or (record is not None and getattr(record, field.name) == value)):
                raise Unreadable(NOT_A_CHOICE)
        return value

    # -- import ----------------------------------------------------------------
    def import_fields(self) -> list[Field]:
        """What a file may fill."""
        return [field for field in self.entity.fields.values() if not field.readonly]

    def from_import(self, values: dict[str, Any]) -> dict[str, Any]:
        """Turn the columns of a file into fields, where they are not the same."""
        return values

    def create_named(self, text: str, *, actor: Actor) -> M:
        """A record of which a file tells only the name."""
        names = [name for name in ("name", "name_zh", "name_en") if name in self.entity.fields]
        if not names:
            raise RuleViolation(_l("A name alone does not make such a record."))
        return self.create(dict.fromkeys(names, text), actor=actor)

    # -- ownership -------------------------------------------------------------
    def assign_owner(self, record: M, typed: dict[str, Any], actor: Actor) -> None:
        """New records belong to their maker unless the maker may hand records to others."""
        if not self.entity.is_owned:
            return
        owner_id = typed.pop("owner_id", None) or actor.id
        if owner_id != actor.id and not actor.may(Right.TRANSFER, self.entity.name):
            raise InvalidValues({"owner_id": _l("You may not create records for somebody else.")})
        record.owner_id = owner_id
        record.department_id = self.department_of(owner_id, actor)

    def check_transfer(self, record: M, owner_id: int | None, actor: Actor) -> None:
        """The owner changes: the right to do so, and the new owner's department."""
        if not self.reaches(record, actor, Right.TRANSFER):
            raise NotAllowed(_l("You may not hand this record to somebody else."))
        record.department_id = self.department_of(owner_id, actor)

    def department_of(self, owner_id: int | None, actor: Actor) -> int | None:
        """The main department of an active user."""
        if owner_id is None:
            return None
        if owner_id == actor.id:
            return actor.department_id
        user = self.session.get(get_entity("user").model, owner_id)
        if user is None or not user.active:
            raise InvalidValues({"owner_id": _l("There is no active user of this name.")})
        return user.department_id

    # -- hooks -----------------------------------------------------------------
    def check(self, typed: dict[str, Any], record: M | None, actor: Actor) -> None:
        """Rules over several fields; raise InvalidValues or RuleViolation. May complete `typed`."""

    def check_delete(self, record: M, actor: Actor) -> None:
        """Reasons why a record must stay."""

    def fill(self, record: M, actor: Actor) -> None:
        """Derived values of a new record."""

    def created(self, record: M, actor: Actor) -> None:
        """Consequences of a creation, in the same transaction."""

    def updated(self, record: M, changes: Changes, actor: Actor) -> None:
        """Consequences of a change, in the same transaction."""

    def deleted(self, record: M, actor: Actor) -> None:
        """Consequences of a deletion, in the same transaction."""

    # -- plumbing --------------------------------------------------------------
    def flush(self, typed: Mapping[str, Any], right: Right | None = None) -> None:
        """Send to the database now, so that unique values are refused beside their field."""
        if right is not None:
            self.session.info["acting_right"] = right
        try:
            self.session.flush()
        except IntegrityError as error:
            raise InvalidValues(self._taken(typed, error)) from error
        finally:
            if right is not None:
                self.session.info.pop("acting_right", None)

    def _taken(self, typed: Mapping[str, Any], error: IntegrityError) -> dict[str, Text]:
        """Which unique field the database complains about: all three name the column or its constraint."""
        said = str(error.orig)
        unique = [name for name in typed if name in self.entity.fields and self.entity.fields[name].unique and name in said]
        return dict.fromkeys(unique or [""], TAKEN)


def service_of(entity: Entity) -> EntityService[Any]:
    """The entity's own service, or the kit's plain one."""
    return entity.service() if entity.service else EntityService(entity)
