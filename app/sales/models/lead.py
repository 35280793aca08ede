"""Leads: people and companies that may become customers."""

from datetime import datetime
from typing import Optional

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, relationship

from app.core import fields
from app.core.choices import Choice
from app.core.entity import SavedView, Section, entity
from app.core.i18n import _l
from app.core.models.record import Owned
from app.customers.models import Contact, Customer
from app.sales.models.opportunity import Opportunity


class LeadStatus(Choice):
    """How far a lead has been looked into."""

    NEW = "new", _l("New"), "blue"
    WORKING = "working", _l("Working"), "orange"
    QUALIFIED = "qualified", _l("Qualified"), "green"
    UNQUALIFIED = "unqualified", _l("Unqualified"), "secondary"
    CONVERTED = "converted", _l("Converted"), "purple"


class Lead(Owned):
    """Somebody who may buy: a person, a company, or both."""

    __tablename__ = "lead"
    __table_args__ = (Index(None, "status", "updated_at", "id"), Index(None, "name", "id"))

    number: Mapped[str] = fields.text(_l("Number"), 20, unique=True, readonly=True)
    name: Mapped[str] = fields.text(
        _l("Name"),
        200,
        required=True,
        help=_l("The company's name, or the person's when there is no company."),
        synonyms=("线索名称", "公司", "公司名称", "company", "lead", "lead name", "organization"),
    )
    status: Mapped[LeadStatus] = fields.choice(
        LeadStatus, _l("Status"), required=True, default=LeadStatus.NEW, synonyms=("线索状态", "lead status")
    )
    person: Mapped[str | None] = fields.text(_l("Contact person"), 100, synonyms=("姓名", "contact", "contact name", "full name", "person"))
    position: Mapped[str | None] = fields.text(_l("Job title"), 100, synonyms=("职位", "title", "position"))
    mobile: Mapped[str | None] = fields.phone(_l("Mobile"), synonyms=("手机", "mobilephone"))
    phone: Mapped[str | None] = fields.phone(_l("Phone"), synonyms=("电话", "联系电话", "tel"))
    email: Mapped[str | None] = fields.email(_l("E-mail"), synonyms=("邮箱", "email"))
    wechat: Mapped[str | None] = fields.text(_l("WeChat"), 60, personal=True, synonyms=("微信",))
    website: Mapped[str | None] = fields.url(_l("Website"), synonyms=("网址", "官网"))
    source: Mapped[str | None] = fields.dictionary("source", _l("Source"), synonyms=("线索来源", "lead source"))
    industry: Mapped[str | None] = fields.dictionary("industry", _l("Industry"), synonyms=("行业", "sector"))
    province: Mapped[str | None] = fields.text(_l("Province"), 60, synonyms=("省份", "省", "state", "region"))
    city: Mapped[str | None] = fields.text(_l("City"), 60, synonyms=("城市", "市"))
    address: Mapped[str | None] = fields.text(_l("Address"), 300, synonyms=("地址", "street"))
    external_id: Mapped[str | None] = fields.text(_l("External number"), 60, unique=True, synonyms=("外部编号", "lead_id", "external id"))
    remark: Mapped[str | None] = fields.long_text(_l("Remark"), synonyms=("备注", "需求", "description", "notes"))
    converted_at: Mapped[datetime | None] = fields.moment(_l("Converted at"), readonly=True)
    converted_customer_id: Mapped[int | None] = fields.reference("customer", _l("Became customer"), readonly=True)
    converted_contact_id: Mapped[int | None] = fields.reference("contact", _l("Became contact"), readonly=True)
    converted_opportunity_id: Mapped[int | None] = fields.reference("opportunity", _l("Became opportunity"), readonly=True)

    converted_customer: Mapped[Optional[Customer]] = relationship(foreign_keys=[converted_customer_id])
    converted_contact: Mapped[Optional[Contact]] = relationship(foreign_keys=[converted_contact_id])
    converted_opportunity: Mapped[Optional[Opportunity]] = relationship(foreign_keys=[converted_opportunity_id])


LEAD = entity(
    Lead,
    label=_l("Lead"),
    plural=_l("Leads"),
    description=_l("People and companies that may become customers."),
    icon="user-search",
    path="/leads",
    number_prefix="L",
    columns=("name", "number", "status", "person", "mobile", "source", "city", "owner_id", "updated_at"),
    sections=(
        Section(_l("Lead"), ("name", "status", "source", "industry", "owner_id")),
        Section(_l("Person"), ("person", "position", "mobile", "phone", "email", "wechat")),
        Section(_l("Place"), ("province", "city", "address", "website")),
        Section(_l("More"), ("external_id", "remark")),
    ),
    facts=("status", "person", "mobile", "email", "source", "converted_customer_id", "converted_opportunity_id"),
    search=("name", "person", "number", "mobile", "email"),
    filters=("status", "source", "owner_id"),
    views=(
        SavedView("mine", _l("Mine"), ("owner_id:eq:me", "status:in:new,working,qualified")),
        SavedView("new", _l("New"), ("status:eq:new",)),
        SavedView("converted", _l("Converted"), ("status:eq:converted",)),
    ),
    quick_create=True,
    state="status",
)
