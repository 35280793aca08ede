"""Backups: what was saved, and whether it was proved to be restorable."""

from flask import render_template
from flask_appbuilder import BaseView, expose
from sqlalchemy import select

from app.core.actor import Right, current_actor
from app.core.types import utc_now
from app.core.views.access import requires
from app.extensions import db
from app.operations.models import Backup
from app.operations.services.backup import backup_folder, is_overdue, last_good_backup

ROWS = 100


class BackupView(BaseView):
    """Only shown: a backup holds everything, so it is fetched from the server's disk, not through the browser."""

    route_base = "/backups"
    class_permission_name = "backup"
    default_view = "index"

    @expose("/")
    @requires(Right.VIEW)
    def index(self) -> str:
        """The newest ones."""
        good = last_good_backup()
        return render_template(
            "operations/backups.html",
            backups=db.session.scalars(select(Backup).order_by(Backup.started_at.desc()).limit(ROWS)).all(),
            good=good,
            overdue=is_overdue(utc_now()),
            folder=backup_folder(),
            may_start=current_actor().may(Right.EDIT, "job"),
        )
