"""Service levels: the kit's pages."""

from app.core.views.records import EntityView
from app.support.models import SLA_POLICY


class SlaPolicyView(EntityView):
    """Service levels."""

    entity = SLA_POLICY
