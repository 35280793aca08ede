"""Running the product: jobs, backup and restore, health."""

from flask import Flask
from flask_appbuilder import AppBuilder


def register(app: Flask, appbuilder: AppBuilder) -> None:
    """Wire the domain."""
    from app.core.actor import Right
    from app.core.i18n import _l
    from app.core.shell import NavItem, nav_item
    from app.operations import commands, jobs  # noqa: F401 - they register themselves when imported
    from app.operations.services.home import OPERATIONS
    from app.operations.views.backup import BackupView
    from app.operations.views.health import HealthView
    from app.operations.views.job import JobView
    from app.reporting.services.home import add_block

    for view in (HealthView, JobView, BackupView):
        appbuilder.add_view_no_menu(view)
    nav_item("security", NavItem(_l("Jobs"), "/jobs/", "server-cog", (Right.VIEW, "job")))
    nav_item("security", NavItem(_l("Backups"), "/backups/", "database", (Right.VIEW, "backup")))
    add_block(OPERATIONS)
