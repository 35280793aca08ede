"""Opportunities: what somebody may buy, and where it stands in the funnel."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import fields
from app.core.entity import Related, SavedView, Section, entity, relate
from app.core.fields import Field, Kind
from app.core.i18n import _l
from app.core.models.record import Owned
from app.core.types import utc_now
from app.customers.models import CONTACT, CUSTOMER, Contact, Customer
from app.sales.models.pipeline import Pipeline
from app.sales.models.product import PRODUCT, Product
from app.sales.models.stage import Stage, StageKind
from app.sales.rules.amounts import in_company_currency, weighted


def _base_amount(context: Any) -> Decimal:
    row = context.get_current_parameters()
    return in_company_currency(row.get("amount"), row.get("exchange_rate") or Decimal(1))


def _weighted_amount(context: Any) -> Decimal:
    return weighted(_base_amount(context), context.get_current_parameters().get("probability") or Decimal(0))


class Opportunity(Owned):
    """A possible sale. `status` is the kind of its stage, so that reports work across pipelines.

    The derived columns (status, base and weighted amount, furthest stage, cycle) are kept here so that
    boards and reports are sums over an index; `services/opportunity.py` is the only code that sets them.
    """

    __tablename__ = "opportunity"
    __table_args__ = (
        Index(None, "stage_id", "stage_entered_at", "id"),
        # everything that boards and reports group and add up: they read this index and not the table
        Index(
            "ix_opportunity_funnel",
            "pipeline_id",
            "stage_id",
            "furthest_stage_id",
            "status",
            "owner_id",
            "department_id",
            "deleted_at",
            "base_amount",
            "weighted_amount",
        ),
        Index(None, "owner_id", "stage_id", "stage_entered_at", "id"),
        Index(None, "department_id", "stage_id", "stage_entered_at", "id"),
        Index(None, "status", "closed_on", "base_amount"),
        Index(None, "customer_id", "updated_at", "id"),
        Index(None, "expected_close", "id"),
    )

    number: Mapped[str] = fields.text(_l("Number"), 20, unique=True, readonly=True)
    name: Mapped[str | None] = fields.text(
        _l("Name"),
        200,
        help=_l("Left empty, it is made of the customer and the product."),
        synonyms=("商机名称", "商机", "opportunity", "opportunity name", "deal", "deal name"),
    )
    customer_id: Mapped[int | None] = fields.reference(
        "customer", _l("Customer"), index=False, synonyms=("客户名称", "公司", "account", "account name", "company")
    )
    contact_id: Mapped[int | None] = fields.reference("contact", _l("Contact"), synonyms=("联系人",))
    product_id: Mapped[int | None] = fields.reference("product", _l("Product"), synonyms=("产品", "产品名称", "product name"))
    pipeline_id: Mapped[int] = fields.reference("pipeline", _l("Pipeline"), required=True, readonly=True, index=False)
    stage_id: Mapped[int] = fields.reference(
        "stage", _l("Stage"), index=False, synonyms=("阶段", "销售阶段", "deal_stage", "deal stage", "stagename", "sales stage")
    )
    status: Mapped[StageKind] = fields.choice(StageKind, _l("Status"), required=True, readonly=True, default=StageKind.OPEN)
    amount: Mapped[Decimal | None] = fields.money(
        _l("Amount"), synonyms=("金额", "商机金额", "close_value", "close value", "value", "deal value", "revenue")
    )
    currency: Mapped[str | None] = fields.text(
        _l("Currency"), 3, help=_l("ISO code such as CNY; empty means the company's currency."), synonyms=("币种",)
    )
    exchange_rate: Mapped[Decimal] = mapped_column(
        Numeric(18, 6),
        nullable=False,
        default=Decimal(1),
        info={
            "field": Field(
                label=_l("Exchange rate"),
                kind=Kind.DECIMAL,
                default=Decimal(1),
                minimum=Decimal("0.000001"),
                maximum=1_000_000,
                help=_l("One unit of this currency in the company's currency."),
                synonyms=("汇率",),
            )
        },
    )
    base_amount: Mapped[Decimal] = fields.money(_l("Amount in company currency"), required=True, readonly=True, default=_base_amount)
    probability: Mapped[Decimal | None] = fields.percent(
        _l("Probability"), help=_l("Follows the stage until you set your own."), synonyms=("可能性", "赢率")
    )
    probability_overridden: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    weighted_amount: Mapped[Decimal] = fields.money(_l("Weighted amount"), required=True, readonly=True, default=_weighted_amount)
    expected_close: Mapped[date | None] = fields.date(
        _l("Expected close"), synonyms=("预计成交日期", "expected close date", "expected_close_date")
    )
    opened_on: Mapped[date | None] = fields.date(
        _l("Opened on"), index=True, synonyms=("开始日期", "engage_date", "engage date", "start date", "created date")
    )
    closed_on: Mapped[date | None] = fields.date(
        _l("Closed on"),
        help=_l("Only for won and lost ones; empty means today."),
        synonyms=("成交日期", "结束日期", "close_date", "close date", "actual close"),
    )
    closed_at: Mapped[datetime | None] = fields.moment(_l("Closed at"), readonly=True)
    stage_entered_at: Mapped[datetime] = fields.moment(_l("In this stage since"), required=True, readonly=True, default=utc_now)
    furthest_stage_id: Mapped[int | None] = fields.reference("stage", _l("Furthest stage"), readonly=True, index=False)
    cycle_days: Mapped[int | None] = fields.integer(_l("Sales cycle (days)"), readonly=True)
    source: Mapped[str | None] = fields.dictionary("source", _l("Source"), synonyms=("商机来源", "lead source"))
    loss_reason: Mapped[str | None] = fields.dictionary("loss_reason", _l("Loss reason"), synonyms=("输单原因", "lost reason"))
    loss_note: Mapped[str | None] = fields.long_text(_l("Loss note"), 2000, synonyms=("输单说明",))
    competitor: Mapped[str | None] = fields.text(_l("Competitor"), 200, synonyms=("竞争对手",))
    external_id: Mapped[str | None] = fields.text(
        _l("External number"), 60, unique=True, synonyms=("外部编号", "opportunity_id", "opportunity id", "deal_id", "external id")
    )
    remark: Mapped[str | None] = fields.long_text(_l("Remark"), synonyms=("备注", "description", "notes"))

    customer: Mapped[Customer | None] = relationship(foreign_keys=[customer_id])
    contact: Mapped[Contact | None] = relationship(foreign_keys=[contact_id])
    product: Mapped[Product | None] = relationship(foreign_keys=[product_id])
    pipeline: Mapped[Pipeline] = relationship(foreign_keys=[pipeline_id])
    stage: Mapped[Stage] = relationship(foreign_keys=[stage_id])
    furthest_stage: Mapped[Stage | None] = relationship(foreign_keys=[furthest_stage_id])


OPPORTUNITY = entity(
    Opportunity,
    label=_l("Opportunity"),
    plural=_l("Opportunities"),
    description=_l("Possible sales on their way through the funnel."),
    icon="target-arrow",
    path="/opportunities",
    number_prefix="O",
    columns=("name", "number", "customer_id", "stage_id", "amount", "probability", "expected_close", "owner_id", "updated_at"),
    sections=(
        Section(_l("Opportunity"), ("name", "customer_id", "contact_id", "product_id", "source", "owner_id")),
        Section(_l("Funnel"), ("stage_id", "probability", "amount", "currency", "exchange_rate", "expected_close", "opened_on")),
        Section(_l("Closing"), ("closed_on", "loss_reason", "loss_note", "competitor")),
        Section(_l("More"), ("external_id", "remark")),
    ),
    facts=("customer_id", "amount", "stage_id", "probability", "expected_close", "status"),
    search=("name", "number", "external_id"),
    filters=("stage_id", "status", "owner_id", "expected_close"),
    views=(
        SavedView("mine", _l("Mine"), ("owner_id:eq:me", "status:eq:open")),
        SavedView("open", _l("Open"), ("status:eq:open",)),
        SavedView("won", _l("Won"), ("status:eq:won",)),
        SavedView("lost", _l("Lost"), ("status:eq:lost",)),
    ),
    quick_create=True,
    state="status",
)
relate(CUSTOMER, Related("opportunity", "customer_id"))
relate(CONTACT, Related("opportunity", "contact_id"))
relate(PRODUCT, Related("opportunity", "product_id"))
