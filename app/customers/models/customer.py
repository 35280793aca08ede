"""Customers: companies and persons we sell to or serve."""

from datetime import date, datetime
from decimal import Decimal
from typing import Optional

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, relationship

from app.core import fields
from app.core.choices import Choice
from app.core.entity import Related, SavedView, Section, entity
from app.core.i18n import _l
from app.core.models.record import Owned


class CustomerKind(Choice):
    """Who it is."""

    COMPANY = "company", _l("Company")
    PERSON = "person", _l("Person")


class CustomerStatus(Choice):
    """How far the relationship has come."""

    PROSPECT = "prospect", _l("Prospect"), "secondary"
    INTERESTED = "interested", _l("Interested"), "blue"
    WON = "won", _l("Customer"), "green"
    LOST = "lost", _l("Lost"), "red"


class Customer(Owned):
    """A company or a person."""

    __tablename__ = "customer"
    __table_args__ = (Index(None, "name", "id"), Index(None, "created_at", "id"))

    number: Mapped[str] = fields.text(_l("Number"), 20, unique=True, readonly=True)
    name: Mapped[str] = fields.text(
        _l("Name"), 200, required=True, synonyms=("客户名称", "公司名称", "account", "company", "companyname", "customer")
    )
    short_name: Mapped[str | None] = fields.text(_l("Short name"), 60, synonyms=("简称",))
    kind: Mapped[CustomerKind] = fields.choice(CustomerKind, _l("Kind"), required=True, default=CustomerKind.COMPANY)
    status: Mapped[CustomerStatus] = fields.choice(CustomerStatus, _l("Status"), required=True, default=CustomerStatus.PROSPECT, index=True)
    level: Mapped[str | None] = fields.dictionary("customer_level", _l("Level"), synonyms=("客户级别", "rating"))
    classification: Mapped[str | None] = fields.dictionary("customer_class", _l("Classification"), synonyms=("客户分类",))
    industry: Mapped[str | None] = fields.dictionary("industry", _l("Industry"), synonyms=("行业", "sector"))
    source: Mapped[str | None] = fields.dictionary("source", _l("Source"), synonyms=("客户来源", "lead source"))
    size: Mapped[str | None] = fields.dictionary("company_size", _l("Size"))
    employees: Mapped[int | None] = fields.integer(_l("Employees"), synonyms=("人数", "numberofemployees"))
    annual_revenue: Mapped[Decimal | None] = fields.money(_l("Annual revenue"), synonyms=("年营业额", "revenue", "annualrevenue"))
    founded: Mapped[int | None] = fields.integer(_l("Founded in"), minimum=1000, maximum=2200, synonyms=("成立年份", "year_established"))
    parent_id: Mapped[int | None] = fields.reference("customer", _l("Parent company"), synonyms=("上级公司", "subsidiary_of"))
    phone: Mapped[str | None] = fields.phone(_l("Phone"), synonyms=("电话", "联系电话", "手机", "tel"))
    fax: Mapped[str | None] = fields.text(_l("Fax"), 40, synonyms=("传真",))
    email: Mapped[str | None] = fields.email(_l("E-mail"), synonyms=("邮箱", "email"))
    website: Mapped[str | None] = fields.url(_l("Website"), synonyms=("网址", "官网"))
    country: Mapped[str | None] = fields.text(_l("Country"), 60, synonyms=("国家", "office_location"))
    province: Mapped[str | None] = fields.text(_l("Province"), 60, synonyms=("省份", "省", "state", "region"))
    city: Mapped[str | None] = fields.text(_l("City"), 60, synonyms=("城市", "市"))
    district: Mapped[str | None] = fields.text(_l("District"), 60, synonyms=("区县", "区"))
    address: Mapped[str | None] = fields.text(_l("Address"), 300, synonyms=("地址", "street"))
    postal_code: Mapped[str | None] = fields.text(_l("Postal code"), 20, synonyms=("邮编", "zip"))
    tax_id: Mapped[str | None] = fields.text(_l("Tax number"), 30, index=True, synonyms=("统一社会信用代码", "税号", "vat"))
    external_id: Mapped[str | None] = fields.text(
        _l("External number"), 60, unique=True, synonyms=("外部编号", "customerid", "external id")
    )
    last_activity_at: Mapped[datetime | None] = fields.moment(_l("Last activity"), readonly=True)
    next_follow_up_on: Mapped[date | None] = fields.date(_l("Next follow-up"), index=True)
    remark: Mapped[str | None] = fields.long_text(_l("Remark"), synonyms=("备注", "notes", "description"))

    parent: Mapped[Optional["Customer"]] = relationship(remote_side="Customer.id", foreign_keys=[parent_id])


CUSTOMER = entity(
    Customer,
    label=_l("Customer"),
    plural=_l("Customers"),
    description=_l("Companies and people you sell to or serve."),
    icon="building",
    path="/customers",
    number_prefix="C",
    columns=("name", "number", "status", "level", "industry", "city", "phone", "owner_id", "last_activity_at", "updated_at"),
    sections=(
        Section(
            _l("Customer"),
            ("name", "short_name", "kind", "status", "level", "classification", "industry", "source", "owner_id", "next_follow_up_on"),
        ),
        Section(_l("Contact"), ("phone", "email", "website", "fax", "country", "province", "city", "district", "address", "postal_code")),
        Section(_l("Company"), ("parent_id", "size", "employees", "annual_revenue", "founded", "tax_id", "external_id")),
        Section(_l("Remark"), ("remark",)),
    ),
    facts=("number", "level", "industry", "phone", "owner_id", "last_activity_at"),
    search=("name", "short_name", "number", "phone"),
    filters=("status", "level", "industry", "owner_id"),
    views=(
        SavedView("mine", _l("Mine"), ("owner_id:eq:me",)),
        SavedView("won", _l("Existing customers"), ("status:eq:won",)),
        SavedView("key", _l("Key accounts"), ("level:in:a,b",)),
    ),
    related=(Related("contact", "customer_id"), Related("customer", "parent_id", _l("Subsidiaries"))),
    quick_create=True,
    state="status",
)
