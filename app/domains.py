"""The domain packages in dependency order: imports point from the later to the earlier ones only."""

from importlib import import_module

from flask import Flask
from flask_appbuilder import AppBuilder

from app.core import scope

DOMAINS = (
    "security",
    "activities",
    "customers",
    "sales",
    "support",
    "dataexchange",
    "reporting",
    "operations",
    "demo",
)


def register(app: Flask, appbuilder: AppBuilder) -> None:
    """Wire every domain, from the ground up."""
    for name in DOMAINS:
        import_module(f"app.{name}").register(app, appbuilder)
    scope.install()


def index_view() -> type:
    """The home page."""
    from app.reporting.views.home import HomeView

    return HomeView
