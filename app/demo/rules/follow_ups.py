"""What was said and what has to be done: follow-ups of two years, tasks around today."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from app.demo.rules.customers import PlannedCustomer, working_moment
from app.demo.rules.funnel import PlannedOpportunity

KINDS = ["call", "visit", "meeting", "email", "message", "note"]
WEIGHTS = [34, 14, 14, 18, 14, 6]
# (subject, outcome, next step) for those who write Chinese and English
SAID = {
    "zh": [
        ("首次电话沟通", "介绍了公司和产品,客户有兴趣进一步了解", "发送产品资料"),
        ("需求访谈", "现有流程靠 Excel,希望三个月内上线", "整理需求并给出方案"),
        ("产品演示", "演示顺利,关注数据导入和权限", "安排技术答疑"),
        ("方案讲解", "方案基本认可,报价需要再沟通", "准备二次报价"),
        ("商务谈判", "付款方式达成一致,合同条款待法务确认", "跟进合同评审"),
        ("客户回访", "使用情况良好,有扩容计划", "下季度再联系"),
        ("展会交流", "在展会上认识,交换了联系方式", "一周内电话跟进"),
    ],
    "en": [
        ("First call", "Presented the company; wants to know more", "Send the brochure"),
        ("Needs interview", "Works with spreadsheets today, wants to go live within three months", "Write down needs and a proposal"),
        ("Product demo", "Went well; questions about import and permissions", "Arrange a technical session"),
        ("Proposal meeting", "Scope agreed, price to be discussed again", "Prepare a second quote"),
        ("Negotiation", "Terms of payment agreed; legal checks the contract", "Follow up on the contract"),
        ("Courtesy visit", "Happy with the product, plans to extend", "Get in touch next quarter"),
        ("Met at a fair", "Exchanged cards", "Call within a week"),
    ],
}
TO_DO = {
    "zh": ["回电客户", "发送报价单", "准备产品演示", "跟进合同签署", "确认付款进度", "预约上门拜访", "更新客户资料", "整理会议纪要"],
    "en": [
        "Call back",
        "Send the quote",
        "Prepare the demo",
        "Chase the signature",
        "Check the payment",
        "Arrange a visit",
        "Update the record",
        "Write the minutes",
    ],
}
TASKS = 160


@dataclass
class PlannedActivity:
    """Hangs on a customer or on an opportunity, by its place in the plan."""

    customer: int | None
    opportunity: int | None
    values: dict[str, Any]


@dataclass
class PlannedTask:
    """Done when `completed` says so."""

    customer: int
    values: dict[str, Any]
    completed: datetime | None


def plan_activities(
    random: Random, customers: list[PlannedCustomer], opportunities: list[PlannedOpportunity], now: datetime
) -> list[PlannedActivity]:
    """Follow-ups in the order of time."""
    planned = []
    for index, customer in enumerate(customers):
        for _visit in range(random.choices([1, 2, 3, 4], [35, 35, 20, 10])[0]):
            at = _between(random, customer.since, now, now)
            planned.append(PlannedActivity(index, None, _activity(random, at, customer, now)))
    for index, opportunity in enumerate(opportunities):
        customer = customers[opportunity.customer]
        until = opportunity.closed or now
        for _talk in range(random.choices([1, 2, 3], [50, 35, 15])[0]):
            at = _between(random, opportunity.opened, until, now)
            planned.append(PlannedActivity(None, index, _activity(random, at, customer, now)))
    return sorted(planned, key=lambda a: a.values["at"])


def _between(random: Random, start: datetime, end: datetime, now: datetime) -> datetime:
    moment = start + (end - start) * random.random()
    return max(start, min(working_moment(random, moment.date(), now), end))


def _activity(random: Random, at: datetime, customer: PlannedCustomer, now: datetime) -> dict[str, Any]:
    kind = random.choices(KINDS, WEIGHTS)[0]
    subject, body, next_step = random.choice(SAID[customer.owner.locale])
    recent = now - at < timedelta(days=30)
    return {
        "kind": kind,
        "direction": None if kind == "note" else random.choices(["outbound", "inbound"], [75, 25])[0],
        "subject": subject,
        "body": body,
        "at": at,
        "duration": random.choice([10, 15, 30, 45, 60, 90]) if kind in {"call", "visit", "meeting"} else None,
        "next_step": next_step if recent or random.random() < 0.4 else None,
        "next_follow_up_on": _soon(random, now) if recent else None,
        "created_at": at,
        "updated_at": at,
    }


def _soon(random: Random, now: datetime) -> date:
    return (now + timedelta(days=random.randint(-3, 21))).date()


def plan_tasks(random: Random, customers: list[PlannedCustomer], now: datetime) -> list[PlannedTask]:
    """Some done, a few overdue, most of them for the coming days."""
    planned = []
    for _task in range(TASKS):
        index = random.randrange(len(customers))
        customer = customers[index]
        days = random.randint(-25, 21)
        due = working_moment(random, (now + timedelta(days=days)).date(), now + timedelta(days=60))
        done = due < now and random.random() < 0.85
        made = max(customer.since, min(due, now) - timedelta(days=random.randint(1, 12)))
        completed = min(now, due - timedelta(hours=random.randint(-8, 30))) if done else None
        values = {
            "subject": random.choice(TO_DO[customer.owner.locale]),
            "due_at": due,
            "priority": random.choices(["high", "normal", "low"], [20, 65, 15])[0],
            "created_at": made,
            "updated_at": max(made, completed) if completed else made,
        }
        planned.append(PlannedTask(index, values, max(made, completed) if completed else None))
    return planned
