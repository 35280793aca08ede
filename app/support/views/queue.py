"""Queues: the kit's pages."""

from app.core.views.records import EntityView
from app.support.models import QUEUE


class QueueView(EntityView):
    """Queues."""

    entity = QUEUE
