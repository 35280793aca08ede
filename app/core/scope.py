"""Record scope: one mechanism on the session that every read and write of every door passes.

Reading: each ORM statement gets the criteria of the acting person for every scoped model.
Writing: at flush, changed records must be within the scope of the right used, and every
reference that was set must lead to a record the person can see.
"""

from collections import defaultdict
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, event, exists, false, inspect, or_, select, true
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.attributes import get_history

from app.core.actor import Actor, Right, Scope, current_actor
from app.core.entity import Entity, entities, find_entity, get_entity
from app.core.errors import InvalidValues, NotFound
from app.core.i18n import _l
from app.core.models.record import Attached, Owned, Record
from app.extensions import db


def within(scope: Scope, columns: Any, actor: Actor) -> ColumnElement[bool]:
    """The owned rows of `columns` (a model, an alias, or a table's columns) that lie in a scope."""
    if scope.everything:
        return true()
    reached: list[ColumnElement[bool]] = []
    if scope.own and actor.id is not None:
        reached.append(columns.owner_id == actor.id)
    if scope.departments:
        reached.append(columns.department_id.in_(sorted(scope.departments)))
    return or_(*reached) if reached else false()


def contains(scope: Scope, record: Owned, actor: Actor) -> bool:
    """The question of `within` about one loaded record, answered without a statement from what is stored of it."""
    stored: dict[str, Any] = inspect(record).committed_state  # values that were changed since, as they were before
    owner_id, department_id = (stored.get(name, getattr(record, name)) for name in ("owner_id", "department_id"))
    mine = scope.own and actor.id is not None and owner_id == actor.id
    return scope.everything or mine or department_id in scope.departments


def reach(entity: Entity, actor: Actor, right: Right = Right.VIEW, columns: Any = None) -> ColumnElement[bool] | None:
    """The criterion for the records of an entity that an actor reaches with a right; None = all of them."""
    model, on = entity.model, columns if columns is not None else entity.model
    if actor.is_system or actor.is_administrator:
        return None
    if issubclass(model, Attached):
        return _reach_through_any_record(model, actor, right, on)
    if model.scope_parent:
        return _reach_through_parent(entity, actor, on)
    if issubclass(model, Owned):
        scope = actor.scope(entity.name, right)
        return None if scope.everything else within(scope, on, actor)
    return None if actor.may(right, entity.name) or actor.id is not None else false()


def _reach_through_parent(entity: Entity, actor: Actor, on: Any) -> ColumnElement[bool] | None:
    """A line, message or history row is seen with the record it belongs to."""
    parent_field = entity.model.scope_parent
    parent = get_entity(_target(entity.model, parent_field))
    table = _other(parent)
    criterion = reach(parent, actor, Right.VIEW, table.c)
    if criterion is None:
        return None
    return exists(select(1).select_from(table).where(table.c.id == getattr(on, parent_field), criterion))


def _reach_through_any_record(model: type[Attached], actor: Actor, right: Right, on: Any) -> ColumnElement[bool]:
    """Attached records: one's own, and with the right those of every record one can see."""
    name = model.entity_name  # type: ignore[attr-defined]
    owned = issubclass(model, Owned)
    mine = on.owner_id if owned else on.created_by_id
    reached: list[ColumnElement[bool]] = [mine == actor.id] if actor.id is not None else []
    if actor.may(right, name):
        if owned:
            reached.append(within(actor.scope(name, right), on, actor))
        # A file without an owner may be removed by whoever may edit what it hangs on.
        through = Right.VIEW if right is Right.VIEW else None if owned else Right.EDIT
        if through is not None:
            for parent in _attachable():
                if not actor.may(through, parent.name):
                    continue
                table = _other(parent)
                criterion = reach(parent, actor, through, table.c)
                found = select(1).select_from(table).where(table.c.id == on.record_id)
                found = found if criterion is None else found.where(criterion)
                reached.append(and_(on.entity == parent.name, exists(found)))
    return or_(*reached) if reached else false()


@lru_cache
def _attachable() -> tuple[Entity, ...]:
    return tuple(e for e in entities() if issubclass(e.model, Owned) and not issubclass(e.model, Attached))


def _target(model: type[Record], column: str) -> str:
    return model.__table__.c[column].info["field"].target


@lru_cache
def _scoped() -> tuple[Entity, ...]:
    """Entities whose rows are not the same for everybody."""
    return tuple(e for e in entities() if issubclass(e.model, Owned | Attached) or e.model.scope_parent)


def _options(actor: Actor) -> tuple[Any, ...]:
    """Loader criteria of everybody who may the same: made once, so that the compiled statements are found again, too."""
    key = (actor.id, actor.is_administrator, actor.is_system, actor.rights, frozenset(actor.scopes.items()))
    made = _made.get(key)
    if made is None:
        if len(_made) >= KEPT:
            _made.clear()
        made = _made[key] = _build_options(actor)
    return made


KEPT = 500
_made: dict[Any, tuple[Any, ...]] = {}


@cache
def _other(entity: Entity) -> Any:
    """The table of an entity under another name, for looking it up inside a criterion; costly to make, so made once."""
    return entity.model.__table__.alias(f"{entity.name}_seen")


def _build_options(actor: Actor) -> tuple[Any, ...]:
    options = [
        with_loader_criteria(e.model, criterion, include_aliases=True, propagate_to_loaders=False)
        for e in _scoped()
        if (criterion := reach(e, actor)) is not None
    ]
    return tuple(options)


@lru_cache
def _not_deleted() -> tuple[Any, ...]:
    return (with_loader_criteria(Record, lambda cls: cls.deleted_at.is_(None), include_aliases=True, propagate_to_loaders=False),)


def _restrict(state: ORMExecuteState) -> None:
    """Add the acting person's criteria, and leave out the recycle bin, in every ORM statement."""
    if not (state.is_select or state.is_update or state.is_delete) or state.is_column_load:
        return
    actor = current_actor()
    options = _options(actor)
    if not state.execution_options.get("with_deleted"):
        options += _not_deleted()
    if options:
        state.statement = state.statement.options(*options)


def _guard(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    """Refuse a flush that changes what the actor may not change or links to what the actor cannot see."""
    actor = current_actor()
    if actor.is_system:
        return
    with session.no_autoflush:
        _check_changed(session, actor)
        _check_links(session)


def _check_changed(session: Session, actor: Actor) -> None:
    changed: dict[tuple[Entity, Right], set[int]] = defaultdict(set)
    scoped = {e.model: e for e in _scoped()}
    for record in session.dirty:
        if type(record) in scoped and session.is_modified(record):
            changed[scoped[type(record)], Right.EDIT].add(inspect(record).identity[0])
    for record in session.deleted:
        if type(record) in scoped:
            changed[scoped[type(record)], Right.DELETE].add(inspect(record).identity[0])
    for (entity, right), ids in changed.items():
        right = session.info.get("acting_right", right)
        criterion = reach(entity, actor, right)
        if criterion is None:
            continue
        key = entity.model.id
        statement = select(key).where(key.in_(ids), criterion).execution_options(with_deleted=True)
        if set(session.scalars(statement)) != ids:
            raise NotFound()


def _check_links(session: Session) -> None:
    wanted: dict[Entity, dict[int, str]] = defaultdict(dict)
    for record in [*session.new, *session.dirty]:
        if isinstance(record, Attached) and (attached := _new_anchor(record)) is not None:
            wanted[attached][record.record_id or 0] = "record_id"
        for name, target in _links(inspect(type(record))):
            history = get_history(record, name)
            if history.added and history.added[0] is not None:
                wanted[target][history.added[0]] = name
    for target, ids in wanted.items():
        found = set(session.scalars(select(target.model.id).where(target.model.id.in_(ids))))
        problems = {name: _l("This record does not exist, or you may not see it.") for id_, name in ids.items() if id_ not in found}
        if problems:
            raise InvalidValues(problems)


def _new_anchor(record: Attached) -> Entity | None:
    """The entity of the record that an attached one has just been hung on."""
    if record.entity is None or not any(get_history(record, name).added for name in ("entity", "record_id")):
        return None
    anchor = find_entity(record.entity)
    if anchor not in _attachable():
        raise InvalidValues({"entity": _l("Nothing can be attached to this kind of record.")})
    return anchor


@lru_cache
def _links(mapper: Mapper[Any]) -> tuple[tuple[str, Entity], ...]:
    """(column name, entity it refers to) of a mapped class: all that people fill in, and all that not everybody sees."""
    scoped = {e.name for e in _scoped()}
    fields = [(a.key, a.columns[0].info.get("field")) for a in mapper.column_attrs]
    return tuple((key, get_entity(f.target)) for key, f in fields if f is not None and f.target and (f.target in scoped or not f.readonly))


def install() -> None:
    """Hang the scope on the session that pages, API, imports and jobs share."""
    if not event.contains(db.session.session_factory, "do_orm_execute", _restrict):
        event.listen(db.session, "do_orm_execute", _restrict)
        event.listen(db.session, "before_flush", _guard)
