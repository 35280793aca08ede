"""Follow-ups, tasks and files on any record, and the timeline they make."""

from flask import Flask
from flask_appbuilder import AppBuilder

from app.core.i18n import _l
from app.core.shell import nav_group


def register(app: Flask, appbuilder: AppBuilder) -> None:
    """Wire the domain: its pages, and its panels on every record that things can hang on."""
    from app.activities.models import ACTIVITY, ATTACHMENT
    from app.activities.services.attached import can_carry
    from app.activities.views.activity import ActivityView
    from app.activities.views.attachment import AttachmentView
    from app.activities.views.task import TaskView
    from app.activities.views.timeline import TimelineView
    from app.core.actor import Right
    from app.core.views.panels import Panel, add_panel
    from app.core.views.register import add_entity

    nav_group("activities", _l("Activities"), "activity", 60)
    for view in (ActivityView, TaskView):
        add_entity(appbuilder, view)
    for plain in (AttachmentView, TimelineView):
        appbuilder.add_view_no_menu(plain)
    add_panel(Panel("timeline", _l("Timeline"), lambda e, id_: f"/timeline/{e.name}/{id_}", can_carry, (Right.VIEW, ACTIVITY.name), 10))
    add_panel(Panel("files", _l("Files"), lambda e, id_: f"/attachments/of/{e.name}/{id_}", can_carry, (Right.VIEW, ATTACHMENT.name), 20))
