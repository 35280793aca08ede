"""Who is acting: rights and record scopes of a person, decided once per request and asked everywhere."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from enum import StrEnum

from flask import g, has_request_context
from flask_login import current_user


class Right(StrEnum):
    """What can be done with an entity; FAB keeps it as the permission `can_<right>` on the entity's name."""

    VIEW = "view"
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    TRANSFER = "transfer"
    EXPORT = "export"
    IMPORT = "import"


class Source(StrEnum):
    """The door through which a change came; kept in the audit."""

    PAGE = "page"
    API = "api"
    IMPORT = "import"
    JOB = "job"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Scope:
    """A set of records: everything, or own ones plus those of some departments."""

    everything: bool = False
    own: bool = False
    departments: frozenset[int] = frozenset()

    def __or__(self, other: "Scope") -> "Scope":
        return Scope(self.everything or other.everything, self.own or other.own, self.departments | other.departments)


NOTHING = Scope()
EVERYTHING = Scope(everything=True)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system) with what it may do; immutable, safe to hand to another thread."""

    id: int | None
    name: str = ""
    department_id: int | None = None
    is_administrator: bool = False
    is_system: bool = False
    rights: frozenset[tuple[str, str]] = frozenset()
    scopes: Mapping[tuple[str, str], Scope] = field(default_factory=dict)
    source: Source = Source.PAGE
    locale: str = "zh"
    timezone: str = "Asia/Shanghai"

    def may(self, right: str, entity: str) -> bool:
        """Whether the function right is held; says nothing about single records."""
        return self.is_system or self.is_administrator or (right, entity) in self.rights

    def scope(self, entity: str, right: str = Right.VIEW) -> Scope:
        """The records of an entity this actor reaches with a right (union over all roles)."""
        if self.is_system or self.is_administrator:
            return EVERYTHING
        if not self.may(right, entity):
            return NOTHING
        return self.scopes.get((entity, right), NOTHING)

    def through(self, source: Source) -> "Actor":
        """The same person coming through another door."""
        return replace(self, source=source)


SYSTEM = Actor(id=None, name="system", is_system=True, source=Source.JOB)
ANONYMOUS = Actor(id=None, name="anonymous")

_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)
_load: Callable[[int], Actor] | None = None


def install_loader(load: Callable[[int], Actor]) -> None:
    """Security tells once how an actor is made of a user id; core must not import it."""
    global _load
    _load = load


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Everything inside happens in this actor's name (jobs, commands, tests)."""
    token = _acting.set(actor)
    try:
        yield actor
    finally:
        _acting.reset(token)


def current_actor() -> Actor:
    """The explicit actor, else the signed-in user of this request, else nobody at all."""
    actor = _acting.get()
    if actor is not None:
        return actor
    if not has_request_context():
        return ANONYMOUS
    user = g.get("user") or current_user
    user_id = user.id if user and user.is_authenticated else None
    if user_id is None:
        return ANONYMOUS
    known = g.get("actor")
    if known is None or known.id != user_id:
        assert _load is not None, "security.install() has not run"
        with acting_as(SYSTEM):  # reading one's own rights is not subject to them
            known = g.actor = _load(user_id)
    return known
