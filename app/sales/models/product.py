"""Products: what is sold, with its list price."""

from decimal import Decimal

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from app.core import fields
from app.core.actor import Right
from app.core.entity import SavedView, Section, entity
from app.core.i18n import _l
from app.core.models.record import Record


class Product(Record):
    """Something a customer can buy."""

    __tablename__ = "product"
    __table_args__ = (Index(None, "name", "id"),)

    name: Mapped[str] = fields.text(_l("Name"), 200, required=True, synonyms=("产品", "产品名称", "product", "product name", "productname"))
    sku: Mapped[str | None] = fields.text(_l("SKU"), 60, unique=True, synonyms=("产品编码", "编码", "code", "product code", "productcode"))
    category: Mapped[str | None] = fields.dictionary(
        "product_category", _l("Category"), index=True, synonyms=("产品分类", "series", "product category", "product line")
    )
    list_price: Mapped[Decimal | None] = fields.money(
        _l("List price"), synonyms=("标价", "单价", "价格", "sales_price", "sales price", "price", "unit price")
    )
    currency: Mapped[str | None] = fields.text(_l("Currency"), 3, help=_l("ISO code such as CNY; empty means the company's currency."))
    unit: Mapped[str | None] = fields.text(_l("Unit"), 20, synonyms=("单位",))
    active: Mapped[bool] = fields.boolean(_l("Active"), default=True)
    remark: Mapped[str | None] = fields.long_text(_l("Remark"), synonyms=("备注", "description"))


PRODUCT = entity(
    Product,
    label=_l("Product"),
    plural=_l("Products"),
    description=_l("What you sell, with list prices."),
    icon="package",
    path="/products",
    columns=("name", "sku", "category", "list_price", "currency", "active", "updated_at"),
    sections=(
        Section(_l("Product"), ("name", "sku", "category", "active")),
        Section(_l("Price"), ("list_price", "currency", "unit")),
        Section(_l("Remark"), ("remark",)),
    ),
    facts=("sku", "category", "list_price", "currency"),
    search=("name", "sku"),
    sort="name",
    filters=("category", "active"),
    views=(SavedView("active", _l("Active"), ("active:eq:true",)),),
    rights=(Right.VIEW, Right.CREATE, Right.EDIT, Right.DELETE, Right.EXPORT, Right.IMPORT),
)
