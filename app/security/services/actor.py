"""Making an actor of a user: rights and reach of all roles, in three statements."""

from collections import defaultdict
from dataclasses import replace

from flask import current_app
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    ViewMenu,
    assoc_group_role,
    assoc_permissionview_role,
    assoc_user_group,
    assoc_user_role,
)
from sqlalchemy import select, union

from app.core.actor import Actor, Scope, Source
from app.extensions import db
from app.security.models import CrmRole, CrmUser, DataScope, Department, Level


def load_actor(user_id: int, source: Source = Source.PAGE) -> Actor:
    """The actor of an active user, with the union of what all roles give."""
    user = db.session.get(CrmUser, user_id)
    assert user is not None
    direct = select(assoc_user_role.c.role_id).where(assoc_user_role.c.user_id == user_id)
    by_group = (
        select(assoc_group_role.c.role_id)
        .join(assoc_user_group, assoc_user_group.c.group_id == assoc_group_role.c.group_id)
        .where(assoc_user_group.c.user_id == user_id)
    )
    roles = union(direct, by_group).subquery()
    levels = db.session.execute(
        select(CrmRole.id, CrmRole.is_administrator, DataScope.entity, DataScope.right, DataScope.level)
        .outerjoin(DataScope, DataScope.role_id == CrmRole.id)
        .where(CrmRole.id.in_(select(roles.c.role_id)))
    ).all()
    actor = Actor(
        id=user.id,
        name=user.full_name,
        department_id=user.department_id,
        source=source,
        locale=user.locale or current_app.config["BABEL_DEFAULT_LOCALE"],
        timezone=user.timezone or current_app.config["TIMEZONE"],
    )
    if any(row.is_administrator for row in levels):
        return replace(actor, is_administrator=True)
    held = _rights_by_role(select(roles.c.role_id))
    rights = frozenset(pair for pairs in held.values() for pair in pairs)
    return replace(actor, rights=rights, scopes=_scopes(levels, held, user.department_id))


def _rights_by_role(role_ids) -> dict[int, set[tuple[str, str]]]:  # type: ignore[no-untyped-def]
    """{role id: {(right, entity)}} of FAB's permission tables."""
    found = db.session.execute(
        select(assoc_permissionview_role.c.role_id, Permission.name, ViewMenu.name)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(assoc_permissionview_role.c.role_id.in_(role_ids))
    )
    held: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for role_id, permission, view in found:
        held[role_id].add((permission.removeprefix("can_"), view))
    return held


def _scopes(levels, held, department_id: int | None) -> dict[tuple[str, str], Scope]:  # type: ignore[no-untyped-def]
    """The union over roles of what each reaches; a role reaches only through rights that it holds itself."""
    by_role: dict[int, dict[tuple[str, str], Level]] = defaultdict(dict)
    for role_id, _admin, entity, right, level in levels:
        if level is not None:
            by_role[role_id][entity, right] = level
    subtree = _subtree(department_id) if any(Level.SUBTREE in grid.values() for grid in by_role.values()) else frozenset()
    reached: dict[tuple[str, str], Scope] = {}
    for role_id, grid in by_role.items():
        for right, entity in held.get(role_id, ()):
            level = _level(grid, entity, right)
            scope = _scope_of(level, department_id, subtree)
            reached[entity, right] = reached.get((entity, right), Scope()) | scope
    return reached


def _level(grid: dict[tuple[str, str], Level], entity: str, right: str) -> Level:
    """The most specific entry wins: entity and right, entity, right, default."""
    for key in ((entity, right), (entity, "*"), ("*", right), ("*", "*")):
        if key in grid:
            return grid[key]
    return Level.NONE


def _scope_of(level: Level, department_id: int | None, subtree: frozenset[int]) -> Scope:
    here = frozenset({department_id} if department_id is not None else ())
    return {
        Level.NONE: Scope(),
        Level.OWN: Scope(own=True),
        Level.DEPARTMENT: Scope(own=True, departments=here),
        Level.SUBTREE: Scope(own=True, departments=here | subtree),
        Level.ALL: Scope(everything=True),
    }[level]


def _subtree(department_id: int | None) -> frozenset[int]:
    if department_id is None:
        return frozenset()
    path = select(Department.path).where(Department.id == department_id).scalar_subquery()
    return frozenset(db.session.scalars(select(Department.id).where(Department.path.startswith(path))))
