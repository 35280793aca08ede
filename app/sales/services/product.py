"""Products: the kit's service with a look at the currency."""

from typing import Any

from app.core.actor import Actor
from app.core.services.records import EntityService
from app.sales.models import PRODUCT, Product
from app.sales.services.currency import read_currency


class ProductService(EntityService[Product]):
    """Products."""

    entity = PRODUCT

    def check(self, typed: dict[str, Any], record: Product | None, actor: Actor) -> None:
        if "currency" in typed or record is None:
            typed["currency"] = read_currency(typed.get("currency"))
