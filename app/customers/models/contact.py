"""Contacts: the people at a customer."""

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, relationship

from app.core import fields
from app.core.choices import Choice
from app.core.entity import Section, entity
from app.core.i18n import _l
from app.core.models.record import Owned
from app.customers.models.customer import Customer


class DecisionRole(Choice):
    """What part a person plays in a purchase."""

    DECIDER = "decider", _l("Decision maker"), "red"
    INFLUENCER = "influencer", _l("Influencer"), "orange"
    USER = "user", _l("User"), "blue"
    BUYER = "buyer", _l("Buyer"), "green"
    GATEKEEPER = "gatekeeper", _l("Gatekeeper"), "secondary"


class Contact(Owned):
    """A person at a customer; belongs to whoever owns the customer."""

    __tablename__ = "contact"
    __table_args__ = (Index(None, "name", "id"), Index(None, "customer_id", "updated_at", "id"))

    customer_id: Mapped[int] = fields.reference(
        "customer",
        _l("Customer"),
        required=True,
        index=False,
        synonyms=("客户名称", "公司", "account", "company", "companyname", "account name"),
    )
    name: Mapped[str] = fields.text(_l("Full name"), 100, required=True, synonyms=("联系人", "contactname", "name", "名称"))
    position: Mapped[str | None] = fields.text(_l("Job title"), 100, synonyms=("职位", "contacttitle", "title", "position"))
    division: Mapped[str | None] = fields.text(_l("Division"), 100, synonyms=("部门", "department"))
    decision_role: Mapped[DecisionRole | None] = fields.choice(DecisionRole, _l("Role in decisions"))
    mobile: Mapped[str | None] = fields.phone(_l("Mobile"), synonyms=("手机", "mobilephone"))
    phone: Mapped[str | None] = fields.phone(_l("Phone"), synonyms=("电话",))
    email: Mapped[str | None] = fields.email(_l("E-mail"), synonyms=("邮箱",))
    wechat: Mapped[str | None] = fields.text(_l("WeChat"), 60, personal=True, synonyms=("微信",))
    birthday: Mapped[date | None] = fields.date(_l("Birthday"), personal=True, synonyms=("生日",))
    is_primary: Mapped[bool] = fields.boolean(_l("Primary contact"))
    do_not_call: Mapped[bool] = fields.boolean(_l("Do not call"))
    do_not_mail: Mapped[bool] = fields.boolean(_l("Do not e-mail"))
    remark: Mapped[str | None] = fields.long_text(_l("Remark"))

    customer: Mapped[Customer] = relationship(foreign_keys=[customer_id])


CONTACT = entity(
    Contact,
    label=_l("Contact"),
    plural=_l("Contacts"),
    description=_l("The people you talk to at your customers."),
    icon="address-book",
    path="/contacts",
    columns=("name", "customer_id", "position", "decision_role", "mobile", "email", "owner_id", "updated_at"),
    sections=(
        Section(_l("Person"), ("name", "customer_id", "position", "division", "decision_role", "is_primary")),
        Section(_l("Reach"), ("mobile", "phone", "email", "wechat", "do_not_call", "do_not_mail")),
        Section(_l("More"), ("birthday", "remark")),
    ),
    facts=("customer_id", "position", "mobile", "email"),
    search=("name", "mobile", "phone", "email"),
    filters=("customer_id", "decision_role", "owner_id"),
    quick_create=True,
)
