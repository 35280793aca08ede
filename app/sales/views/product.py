"""Products: the kit's pages."""

from app.core.views.records import EntityView
from app.sales.models import PRODUCT
from app.sales.services.product import ProductService


class ProductView(EntityView):
    """Products."""

    entity = PRODUCT
    service_class = ProductService
