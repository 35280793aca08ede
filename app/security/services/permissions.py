"""FAB's permission rows, written once at set-up and upgrade from what the views declare."""

from flask import current_app
from flask_appbuilder.security.sqla.models import Permission, PermissionView, ViewMenu
from sqlalchemy import select
from sqlalchemy.orm import Session


def declared_permissions() -> set[tuple[str, str]]:
    """{(permission, name)} of all registered views and APIs."""
    found = set()
    for view in current_app.appbuilder.baseviews:  # type: ignore[attr-defined]
        for permission in view.base_permissions or ():
            found.add((permission, view.class_permission_name))
    return found


def write_permissions(session: Session) -> int:
    """Add the missing rows; returns how many."""
    permissions = {p.name: p for p in session.scalars(select(Permission))}
    names = {v.name: v for v in session.scalars(select(ViewMenu))}
    pairs = {(pv.permission.name, pv.view_menu.name) for pv in session.scalars(select(PermissionView))}
    missing = sorted(declared_permissions() - pairs)
    for permission, name in missing:
        if permission not in permissions:
            permissions[permission] = Permission(name=permission)
        if name not in names:
            names[name] = ViewMenu(name=name)
        session.add(PermissionView(permission=permissions[permission], view_menu=names[name]))
    session.flush()
    return len(missing)
