"""The way of two years of opportunities through a funnel: when each was opened, how far it came, how it ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from app.demo.rules.company import PRODUCTS
from app.demo.rules.customers import PlannedCustomer, working_moment

OPPORTUNITIES = 500
# Of each stage: how long it usually takes, and how many go on from it.
DWELL = [12, 18, 16, 14]
GO_ON = [0.84, 0.80, 0.76, 0.76]
LOSS_REASONS = ["price", "competitor", "no_budget", "no_decision", "no_need", "product", "timing", "relationship"]
LOSS_WEIGHTS = [28, 20, 14, 16, 8, 6, 5, 3]
COMPETITORS = ["远景软件", "Northwind Systems", "科达网络", "BlueRiver"]
NOTES = {"price": "比预算高出 15%", "competitor": "对方已有合作基础", "no_budget": "项目推迟到明年", "no_decision": "客户内部意见不一"}


@dataclass
class PlannedOpportunity:
    """`steps` are (number of the open stage, moment of entering it); `won` is None while it is open."""

    customer: int
    product: int
    amount: Decimal
    opened: datetime
    steps: list[tuple[int, datetime]]
    won: bool | None = None
    closed: datetime | None = None
    loss_reason: str | None = None
    competitor: str | None = None
    own_probability: Decimal | None = None
    expected_close: datetime | None = None

    @property
    def last_change(self) -> datetime:
        return self.closed or self.steps[-1][1]

    @property
    def loss_note(self) -> str | None:
        return NOTES.get(self.loss_reason or "")


def plan_opportunities(random: Random, customers: list[PlannedCustomer], stages: int, now: datetime) -> list[PlannedOpportunity]:
    """Opportunities of random customers, the oldest first."""
    chosen = random.choices(range(len(customers)), [c.appeal for c in customers], k=OPPORTUNITIES)
    planned = [_opportunity(random, index, customers[index], stages, now) for index in chosen]
    return sorted(planned, key=lambda o: o.opened)


def _opportunity(random: Random, index: int, customer: PlannedCustomer, stages: int, now: datetime) -> PlannedOpportunity:
    share = random.random()
    opened = working_moment(random, (customer.since + (now - customer.since) * share).date(), now)
    opened = max(opened, customer.since)
    product = random.randrange(len(PRODUCTS))
    planned = PlannedOpportunity(index, product, _amount(random, product, customer), opened, [(0, opened)])
    _walk(random, planned, customer, stages, now)
    due = planned.closed + timedelta(days=random.randint(-20, 15)) if planned.closed else now + timedelta(days=random.randint(-12, 90))
    planned.expected_close = max(due, opened)
    if planned.won is None and random.random() < 0.12:
        planned.own_probability = Decimal(random.choice([20, 40, 60, 85]))
    return planned


def _amount(random: Random, product: int, customer: PlannedCustomer) -> Decimal:
    """A few of dear things, many of cheap ones; larger customers buy more."""
    price = PRODUCTS[product][3]
    many = random.randint(1, 3) if price > 50_000 else random.randint(2, 40)
    larger = 2 if customer.values["size"] in {"200_999", "1000"} else 1
    return Decimal(round(price * many * larger * random.uniform(0.85, 1.05), -2))


def _walk(random: Random, planned: PlannedOpportunity, customer: PlannedCustomer, stages: int, now: datetime) -> None:
    """Stage by stage until it is won, lost, or today has come."""
    at = planned.opened
    for stage in range(stages):
        at += timedelta(days=random.lognormvariate(0, 0.7) * DWELL[min(stage, 3)] + 0.2, seconds=random.randrange(3600))
        if at >= now:
            return
        goes_on = GO_ON[min(stage, 3)] * (0.9 + 0.1 * customer.owner.strength * customer.appeal)
        if random.random() > goes_on:
            planned.won, planned.closed = False, at
            planned.loss_reason = random.choices(LOSS_REASONS, LOSS_WEIGHTS)[0]
            planned.competitor = random.choice(COMPETITORS) if planned.loss_reason in {"competitor", "price"} else None
            return
        if stage + 1 == stages:
            planned.won, planned.closed = True, at
        else:
            planned.steps.append((stage + 1, at))
