"""Customers and contacts."""

from flask import Flask
from flask_appbuilder import AppBuilder

from app.core.i18n import _l
from app.core.shell import nav_group


def register(app: Flask, appbuilder: AppBuilder) -> None:
    """Wire the domain."""
    from app.core.views.register import add_entity
    from app.customers.seeds import seed
    from app.customers.views.contact import ContactView
    from app.customers.views.customer import CustomerView
    from app.security.services.setup import add_seed

    nav_group("customers", _l("Customers"), "building", 20)
    for view in (CustomerView, ContactView):
        add_entity(appbuilder, view)
    add_seed(seed)
