"""Customer service: tickets, queues, service levels, the ticket desk."""

from flask import Flask
from flask_appbuilder import AppBuilder

from app.core.i18n import _l
from app.core.shell import NavItem, nav_group, nav_item


def register(app: Flask, appbuilder: AppBuilder) -> None:
    """Wire the domain."""
    from app.activities.services.timeline import add_source
    from app.core.actor import Right
    from app.core.views.register import add_entity
    from app.security.services.setup import add_seed
    from app.support import jobs  # noqa: F401 - it registers itself when imported
    from app.support.seeds import seed
    from app.support.services.conversation import transitions_told
    from app.support.views.desk import DeskView
    from app.support.views.figures import ServiceFiguresView
    from app.support.views.queue import QueueView
    from app.support.views.sla_policy import SlaPolicyView
    from app.support.views.ticket import TicketView

    nav_group("support", _l("Service"), "headset", 40)
    nav_item("support", NavItem(_l("Ticket desk"), "/desk/", "headset", (Right.VIEW, "desk")), first=True)
    nav_item("support", NavItem(_l("Service figures"), "/service-figures/", "chart-line", (Right.VIEW, "desk")))
    for plain in (DeskView, ServiceFiguresView):
        appbuilder.add_view_no_menu(plain)
    for view in (TicketView, QueueView, SlaPolicyView):
        add_entity(appbuilder, view)
    add_source("transition", transitions_told)
    add_seed(seed)
