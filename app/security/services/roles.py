"""Roles: the presets, and changing what a role may do."""

from collections.abc import Iterable

from flask_appbuilder.security.sqla.models import Permission, PermissionView, ViewMenu
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Actor, Right
from app.core.entity import entities
from app.core.errors import NotAllowed, RuleViolation
from app.core.i18n import _l
from app.core.services.audit import record_change
from app.security.models import CrmRole, DataScope, Level
from app.security.rules.presets import PRESETS, Preset, rights_of

REACH = {level: step for step, level in enumerate(Level)}
Grid = set[tuple[str, str]]  # {(right, entity)}


def seed_roles(session: Session) -> None:
    """Preset roles that are missing, and rights on entities that came with an upgrade; never takes away."""
    rows = permission_rows(session)
    known = {role.name: role for role in session.scalars(select(CrmRole))}
    for preset in PRESETS:
        role = known.get(preset.key)
        if role is None:
            role = _new_role(session, preset)
        seen = {pv.view_menu.name for pv in role.permissions}
        for entity in entities():
            if entity.name not in seen:
                wanted = rights_of(preset, entity.name, entity.domain)
                role.permissions.extend(rows[r, entity.name] for r in wanted if (r, entity.name) in rows)
        extra = {"funnel": "opportunity", "desk": "ticket", "kpi": "opportunity"}
        held = {(pv.permission.name.removeprefix("can_"), pv.view_menu.name) for pv in role.permissions}
        for page, through in extra.items():
            if (Right.VIEW, through) in held and (Right.VIEW, page) in rows and page not in seen:
                role.permissions.append(rows[Right.VIEW, page])
    session.flush()


def _new_role(session: Session, preset: Preset) -> CrmRole:
    role = CrmRole(
        name=preset.key,
        name_zh=preset.zh,
        name_en=preset.en,
        description_zh=preset.description_zh,
        description_en=preset.description_en,
        preset=True,
        is_administrator=preset.is_administrator,
        scopes=[DataScope(entity="*", right="*", level=preset.level)],
    )
    session.add(role)
    return role


def permission_rows(session: Session) -> dict[tuple[str, str], PermissionView]:
    """{(right, entity): FAB's row}."""
    found = session.execute(
        select(Permission.name, ViewMenu.name, PermissionView)
        .join(PermissionView, PermissionView.permission_id == Permission.id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
    )
    return {(permission.removeprefix("can_"), view): row for permission, view, row in found}


def rights_held(role: CrmRole) -> Grid:
    return {(pv.permission.name.removeprefix("can_"), pv.view_menu.name) for pv in role.permissions}


def set_rights(session: Session, role: CrmRole, wanted: Iterable[tuple[str, str]], level: Level, *, actor: Actor) -> None:
    """Replace a role's grid and its default reach; nobody can give what he does not hold."""
    if not actor.may(Right.EDIT, "role"):
        raise NotAllowed()
    if role.is_administrator:
        raise RuleViolation(_l("The administrator's role always holds every right."))
    rows = permission_rows(session)
    before, after = rights_held(role), {pair for pair in wanted if pair in rows}
    for right, entity in after - before:
        if not actor.may(right, entity):
            raise NotAllowed(_l("You cannot give a right that you do not hold."))
    scope = next((s for s in role.scopes if (s.entity, s.right) == ("*", "*")), None)
    old_level = scope.level if scope else Level.NONE
    if REACH[level] > REACH[old_level] and not (actor.is_administrator or actor.is_system):
        raise NotAllowed(_l("Only an administrator lets a role reach further."))
    other = [pv for pv in role.permissions if (pv.permission.name.removeprefix("can_"), pv.view_menu.name) not in rows]
    role.permissions = other + [rows[pair] for pair in sorted(after)]
    if scope is None:
        role.scopes.append(DataScope(entity="*", right="*", level=level))
    else:
        scope.level = level
    role.version += 1
    session.flush()
    changes = {f"{right} {entity}": (True, False) for right, entity in before - after}
    changes |= {f"{right} {entity}": (False, True) for right, entity in after - before}
    if old_level != level:
        changes["level"] = (old_level, level)  # type: ignore[assignment]
    record_change(session, actor, "role", role.id, "set_rights", changes)
