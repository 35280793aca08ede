"""Pipelines: the kit's pages."""

from app.core.views.records import EntityView
from app.sales.models import PIPELINE
from app.sales.services.pipeline import PipelineService


class PipelineView(EntityView):
    """Pipelines."""

    entity = PIPELINE
    service_class = PipelineService
