"""A year of tickets: what was asked, who answered when, and where each stands today."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.demo.rules.company import Colleague, agents
from app.demo.rules.customers import PlannedCustomer
from app.support.models.ticket import Channel, Priority, TicketKind, TicketStatus

TICKETS = 260
FRESH_SHARE = 0.15  # of the last two days, so that the desk has work
S = TicketStatus

# (subject, what the customer wrote, our answer, what was done, cause)
CASES = {
    "zh": [
        (
            "无法登录系统",
            "今天早上开始无法登录,提示密码错误。",
            "您好,已为您重置,请查收邮件后重试。",
            "重置密码并说明找回方式",
            "user_question",
        ),
        (
            "导入 Excel 报错",
            "导入客户表时提示第 12 行日期错误。",
            "您好,该列格式为文本,请改为日期格式后再导入。",
            "指导客户修改格式,导入成功",
            "user_question",
        ),
        ("网关频繁掉线", "G2 网关每天掉线两三次,影响生产。", "我们正在分析日志,稍后给您答复。", "更换电源模块并升级固件", "hardware"),
        ("申请开具发票", "请补开上月服务费的增值税发票。", "已提交财务,两个工作日内寄出。", "发票已寄出并告知单号", "billing"),
        ("报表数据不一致", "销售报表与明细相差两单。", "已复现,正在修复,预计明天发布。", "修复统计口径并重新计算", "product_defect"),
        ("申请增加用户", "需要增加 5 个账号给新同事。", "账号已开通,请通知同事首次登录修改密码。", "开通 5 个账号", "configuration"),
        ("设备到货延迟", "订单约定上周到货,至今未收到。", "已联系物流,预计后天送达。", "协调物流改为空运", "delivery"),
    ],
    "en": [
        (
            "Cannot sign in",
            "Since this morning the password is refused.",
            "We have reset it; please check your mail and try again.",
            "Password reset, explained how to do it",
            "user_question",
        ),
        (
            "Import reports an error",
            "Row 12 is refused because of its date.",
            "That column holds text; please format it as a date.",
            "Helped with the format, import done",
            "user_question",
        ),
        (
            "Gateway loses connection",
            "The G2 gateway drops out two or three times a day.",
            "We are looking at the log and will come back to you.",
            "Power module replaced, firmware updated",
            "hardware",
        ),
        (
            "Invoice missing",
            "Please send last month's invoice again.",
            "It will be sent within two working days.",
            "Invoice sent again",
            "billing",
        ),
        (
            "Report does not add up",
            "Two orders are missing from the sales report.",
            "We can reproduce it; a fix comes tomorrow.",
            "Fixed and recalculated",
            "product_defect",
        ),
        ("More users needed", "Five new colleagues need accounts.", "The accounts are ready.", "Five accounts made", "configuration"),
        (
            "Late delivery",
            "The order was due last week.",
            "The carrier promises the day after tomorrow.",
            "Sent by air instead",
            "delivery",
        ),
    ],
}
# How long the first answer and the solution take, in hours, by priority.
PACE = {Priority.P1: (0.2, 3), Priority.P2: (0.8, 7), Priority.P3: (2.5, 20), Priority.P4: (5, 50)}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a ticket: a move to a state, a message, or both."""

    at: datetime
    status: TicketStatus | None = None
    said: str | None = None
    by_customer: bool = False


@dataclass
class PlannedTicket:
    """A ticket's beginning and everything that has happened to it since."""

    customer: int
    values: dict[str, Any]
    agent: Colleague
    resolution: str
    cause: str
    satisfaction: int | None = None
    steps: list[Step] = field(default_factory=list)


def plan_tickets(random: Random, customers: list[PlannedCustomer], now: datetime) -> list[PlannedTicket]:
    """Tickets of a year, the oldest first."""
    planned = [_ticket(random, customers, now) for _number in range(TICKETS)]
    return sorted(planned, key=lambda t: t.values["created_at"])


def _ticket(random: Random, customers: list[PlannedCustomer], now: datetime) -> PlannedTicket:
    days = random.random() ** 4 * 2 if random.random() < FRESH_SHARE else 365 * random.random() ** 1.4
    age = timedelta(days=days + 0.01)
    asked = (now - age).replace(microsecond=0)
    index = random.choice([i for i, c in enumerate(customers) if c.since < asked] or [0])
    language = "zh" if "province" in customers[index].values else "en"
    subject, body, answer, resolution, cause = random.choice(CASES[language])
    priority = random.choices(list(Priority), [5, 20, 55, 20])[0]
    values = {
        "subject": subject,
        "description": body,
        "kind": random.choices(list(TicketKind), [40, 35, 12, 13])[0],
        "priority": priority,
        "channel": random.choices(list(Channel), [25, 40, 20, 12, 3])[0],
        "created_at": asked,
    }
    planned = PlannedTicket(index, values, random.choice(agents()), resolution, cause)
    _work(random, planned, body, answer, now)
    return planned


def _work(random: Random, planned: PlannedTicket, body: str, answer: str, now: datetime) -> None:
    """Steps up to now: taken, answered, perhaps waiting, solved, closed."""
    asked: datetime = planned.values["created_at"]
    live = planned.values["channel"].is_live
    first, whole = PACE[planned.values["priority"]]
    answered = asked + timedelta(hours=first * random.lognormvariate(-0.3, 0.6))
    solved = answered + timedelta(hours=whole * random.lognormvariate(-0.5, 0.8))
    taken = asked if live else asked + (answered - asked) * random.uniform(0.2, 0.8)
    steps = [Step(asked, None, body, True)]
    if not live:
        steps.append(Step(taken, S.ASSIGNED))
    steps.append(Step(answered, S.IN_PROGRESS, answer))
    if random.random() < 0.3:
        wait = random.choice([S.PENDING_CUSTOMER, S.PENDING_CUSTOMER, S.PENDING_THIRD_PARTY])
        pause = timedelta(hours=random.uniform(2, 40))
        steps += [Step(answered + timedelta(minutes=5), wait), Step(answered + timedelta(minutes=5) + pause, S.IN_PROGRESS)]
        solved += pause
    steps.append(Step(max(solved, steps[-1].at + timedelta(minutes=10)), S.RESOLVED))
    if random.random() < 0.8:
        steps.append(Step(steps[-1].at + timedelta(days=random.uniform(0.5, 3)), S.CLOSED))
        planned.satisfaction = random.choices([5, 4, 3, 2, 1, None], [30, 25, 10, 4, 3, 28])[0]
    planned.steps = [Step(s.at.replace(microsecond=0), s.status, s.said, s.by_customer) for s in steps if s.at <= now]
    if not any(s.status is S.CLOSED for s in planned.steps):
        planned.satisfaction = None
