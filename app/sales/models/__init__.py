"""Leads, products, pipelines, opportunities and their way through the funnel."""

from app.sales.models.lead import LEAD, Lead, LeadStatus
from app.sales.models.opportunity import OPPORTUNITY, Opportunity
from app.sales.models.pipeline import PIPELINE, Pipeline
from app.sales.models.product import PRODUCT, Product
from app.sales.models.stage import STAGE, Stage, StageKind
from app.sales.models.stage_change import STAGE_CHANGE, StageChange

__all__ = [
    "LEAD",
    "OPPORTUNITY",
    "PIPELINE",
    "PRODUCT",
    "STAGE",
    "STAGE_CHANGE",
    "Lead",
    "LeadStatus",
    "Opportunity",
    "Pipeline",
    "Product",
    "Stage",
    "StageChange",
    "StageKind",
]
