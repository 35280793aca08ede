"""Entities: what the kit needs to know about a model to make lists, forms, API, search, import and rights of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import InstrumentedAttribute

from app.core.actor import Right
from app.core.fields import Field, Kind
from app.core.i18n import Text, _l
from app.core.models.record import Owned, Record

ALL_RIGHTS = tuple(Right)
CONFIGURATION_RIGHTS = (Right.VIEW, Right.CREATE, Right.EDIT, Right.DELETE)


@dataclass(frozen=True)
class Section:
    """A titled group of form fields."""

    label: Text
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Related:
    """A tab on the record page: records of `entity` whose column `field` points here."""

    entity: str
    field: str
    label: Text | None = None  # when the plural would not say it


@dataclass(frozen=True)
class SavedView:
    """A preset list: a tab above the list. `filters` are texts `field:operator:value`."""

    key: str
    label: Text
    filters: tuple[str, ...] = ()
    sort: str | None = None


@dataclass(eq=False, kw_only=True)
class Entity:
    """The declaration of one entity; everything that can be derived from the model is."""

    name: str
    model: type[Any]
    label: Text
    plural: Text
    icon: str
    path: str
    domain: str
    description: Text = ""
    columns: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    carried: tuple[str, ...] = ()  # travels with the form of a new record, without a box of its own
    facts: tuple[str, ...] = ()
    search: tuple[str, ...] = ("name",)
    sort: str = "-updated_at"
    filters: tuple[str, ...] = ()
    views: tuple[SavedView, ...] = ()
    related: tuple[Related, ...] = ()
    rights: tuple[Right, ...] = ALL_RIGHTS
    number_prefix: str | None = None
    quick_create: bool = False
    in_menu: bool = True
    state: str | None = None  # the field shown as a pill in headers and pickers
    service: Any = None  # EntityService class; the kit's plain one when None
    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every described column, in the order of declaration, by name."""
        mapper = inspect(self.model)
        described = {a.key: a.columns[0].info["field"].named(a.key) for a in mapper.column_attrs if "field" in a.columns[0].info}
        own = [n for n in self.model.__table__.c.keys() if n in described]  # noqa: TID251 - column order only
        return {name: described[name] for name in own}

    @property
    def is_owned(self) -> bool:
        return issubclass(self.model, Owned)

    def field(self, name: str) -> Field:
        return self.fields[name]

    def column(self, name: str) -> InstrumentedAttribute[Any]:
        return getattr(self.model, name)

    @cached_property
    def form_sections(self) -> tuple[Section, ...]:
        """The declared sections, or one with every writable field."""
        if self.sections:
            return self.sections
        names = tuple(name for name, f in self.fields.items() if not f.readonly)
        return (Section(_l("Details"), names),)

    @cached_property
    def form_fields(self) -> tuple[str, ...]:
        return tuple(name for section in self.form_sections for name in section.fields)

    @property
    def has_number(self) -> bool:
        return self.number_prefix is not None

    def references(self) -> Iterator[Field]:
        return (f for f in self.fields.values() if f.kind is Kind.REFERENCE)

    def __repr__(self) -> str:
        return f"<Entity {self.name}>"


_entities: dict[str, Entity] = {}


def entity(model: type[Any], **declaration: Any) -> Entity:
    """Declare and register an entity; its name is the model's table unless given."""
    name = declaration.pop("name", model.__tablename__)
    domain = model.__module__.split(".")[1]
    made = Entity(name=name, model=model, domain=domain, **declaration)
    _entities[name] = made
    model.entity_name = name
    return made


def relate(parent: Entity, *related: Related) -> None:
    """A domain above adds its lists to the record pages of an entity below it."""
    known = {(r.entity, r.field) for r in parent.related}
    parent.related += tuple(r for r in related if (r.entity, r.field) not in known)


def entities() -> Iterable[Entity]:
    """All declared entities, in the order of their declaration."""
    return _entities.values()


def find_entity(name: str) -> Entity | None:
    return _entities.get(name)


def get_entity(name: str) -> Entity:
    return _entities[name]


def entity_of(record: Record | type[Record]) -> Entity:
    """The entity of a record or of its class."""
    return _entities[record.entity_name]  # type: ignore[union-attr]
