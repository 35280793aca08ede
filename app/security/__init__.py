"""Users, departments, roles, data scope, audit, sign-in, set-up."""

from flask import Flask
from flask_appbuilder import AppBuilder


def register(app: Flask, appbuilder: AppBuilder) -> None:
    """Wire the domain: the actor loader, its views and its commands."""
    from app.core.actor import Right, install_loader
    from app.core.i18n import _l
    from app.core.shell import NavItem, nav_group, nav_item
    from app.core.views.register import add_entity
    from app.core.views.search import SearchView
    from app.security.commands import crm
    from app.security.models import DEPARTMENT, DICTIONARY, ROLE, USER
    from app.security.services.actor import load_actor
    from app.security.views.audit import AuditView
    from app.security.views.department import DepartmentView
    from app.security.views.dictionary import DictionaryEntryView
    from app.security.views.preferences import PreferencesView
    from app.security.views.role import RoleView
    from app.security.views.setup import SetupView, require_setup
    from app.security.views.user import UserView

    install_loader(load_actor)
    nav_group("security", _l("Administration"), "shield-lock", 90)
    for entity in (USER, DEPARTMENT, ROLE, DICTIONARY):
        nav_item("security", NavItem(entity.plural, f"{entity.path}/", entity.icon, (Right.VIEW, entity.name)))
    nav_item("security", NavItem(_l("Audit"), "/audit/", "history", (Right.VIEW, "audit")))
    for view in (UserView, DepartmentView, RoleView, DictionaryEntryView):
        add_entity(appbuilder, view)
    for plain in (AuditView, PreferencesView, SearchView, SetupView):
        appbuilder.add_view_no_menu(plain)
    app.before_request(require_setup)
    app.cli.add_command(crm)
