"""Leads, products, pipelines, opportunities, the funnel."""

from flask import Flask
from flask_appbuilder import AppBuilder

from app.core.actor import Right
from app.core.i18n import _l
from app.core.shell import NavItem, nav_group, nav_item


def register(app: Flask, appbuilder: AppBuilder) -> None:
    """Wire the domain."""
    from app.activities.services.timeline import add_source
    from app.core.views.panels import Panel, add_panel
    from app.core.views.register import add_entity
    from app.sales.models import LEAD, OPPORTUNITY, PIPELINE, PRODUCT
    from app.sales.seeds import seed
    from app.sales.services.stage_story import moves_told
    from app.sales.views.board import FunnelBoardView
    from app.sales.views.lead import LeadView
    from app.sales.views.opportunity import OpportunityView
    from app.sales.views.pipeline import PipelineView
    from app.sales.views.product import ProductView
    from app.sales.views.report import FunnelReportView
    from app.sales.views.stage import StageView
    from app.security.services.setup import add_seed

    nav_group("sales", _l("Sales"), "chart-funnel", 30)
    for view in (LeadView, OpportunityView, ProductView, PipelineView, StageView):
        add_entity(appbuilder, view)
    for page in (FunnelBoardView, FunnelReportView):
        appbuilder.add_view_no_menu(page)
    nav_item("sales", NavItem(_l("Funnel"), "/funnel/board", "layout-kanban", (Right.VIEW, "funnel")))
    nav_item("sales", NavItem(_l("Funnel report"), "/funnel/report", "chart-funnel", (Right.VIEW, "funnel")))
    for entity in (LEAD, OPPORTUNITY, PRODUCT, PIPELINE):
        nav_item("sales", NavItem(entity.plural, f"{entity.path}/", entity.icon, (Right.VIEW, entity.name)))
    add_panel(
        Panel(
            "stages",
            _l("Stage history"),
            lambda _entity, id_: f"/opportunities/{id_}/stages",
            lambda entity: entity.name == "opportunity",
            position=20,
        )
    )
    add_source("stage", moves_told)
    add_seed(seed)
