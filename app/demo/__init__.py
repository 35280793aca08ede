"""The demo company: invented customers, deals and tickets for people who have no data yet."""

from flask import Flask
from flask_appbuilder import AppBuilder


def register(app: Flask, appbuilder: AppBuilder) -> None:
    """Wire the domain."""
    from app.demo import commands, jobs  # noqa: F401 - they register themselves when imported
    from app.demo.views.demo import DemoView

    appbuilder.add_view_no_menu(DemoView)
