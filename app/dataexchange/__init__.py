"""Import and export."""

from flask import Flask
from flask_appbuilder import AppBuilder


def register(app: Flask, appbuilder: AppBuilder) -> None:
    """Wire the domain."""
    from app.core.i18n import _l
    from app.core.shell import nav_group
    from app.dataexchange.commands import import_file
    from app.dataexchange.views.import_job import ImportJobView
    from app.security.commands import crm

    nav_group("dataexchange", _l("Data"), "database", 80)
    appbuilder.add_view_no_menu(ImportJobView)
    crm.add_command(import_file)
