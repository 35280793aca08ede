"""The rows themselves, one generator for each table: the same in every run on the same day."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.plan import Plan, spread

Row = tuple[Any, ...]
Money = Callable[[int], Any]
ZH_HEADS = [
    "云帆",
    "启明",
    "瑞禾",
    "鼎新",
    "华岳",
    "星辰",
    "恒远",
    "博雅",
    "嘉禾",
    "海川",
    "明德",
    "天工",
    "正和",
    "锐思",
    "联创",
    "金穗",
    "蓝湾",
    "宏图",
    "安澜",
    "新程",
]
ZH_TRADES = ["科技", "软件", "制造", "百货", "金融", "医疗", "教育", "能源", "建筑", "物流", "通信", "食品"]
EN_HEADS = ["Alder", "Birch", "Cobalt", "Dunmore", "Elmstead", "Fairlight", "Glenmoor", "Harborne", "Juniper", "Kestrel"]
CITIES = ["上海", "北京", "广州", "深圳", "杭州", "成都", "南京", "武汉", "西安", "青岛", "苏州", "厦门"]
INDUSTRIES = ["technology", "software", "manufacturing", "retail", "finance", "medical", "education", "energy", "logistics", "food"]
LEVELS = ["a", "b", "c", "c", "c", "d", "d"]
STATUSES = ["prospect", "prospect", "interested", "won", "won", "lost"]
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林"
GIVEN = ["伟", "芳", "娜", "敏", "静", "磊", "洋", "艳", "勇", "杰", "文博", "子涵"]
KINDS = ["call", "visit", "meeting", "email", "message", "note"]
REASONS = ["price", "competitor", "no_budget", "no_decision", "no_need"]
DAYS = 730


class Clock:
    """Moments of two years until this midnight, as text that every database reads."""

    def __init__(self) -> None:
        self.end = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self.start = self.end - timedelta(days=DAYS)

    def at(self, place: int, of: int) -> datetime:
        """The moment of a row by its place among all of them."""
        return self.start + timedelta(seconds=int(place * DAYS * 86_400 / of))


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.000000")


class Rows:
    """`<table>_columns` names what `<table>()` yields; ids count from 1 and agree across the tables."""

    def __init__(
        self, plan: Plan, stages: list[tuple[int, str]], pipeline: int, first_user: int, first_department: int, money: Money
    ) -> None:
        self.plan, self.money, self.clock = plan, money, Clock()
        self.open_stages = [id_ for id_, kind in stages if kind == "open"]
        self.stage_of = {kind: id_ for id_, kind in stages if kind != "open"}
        self.pipeline = pipeline
        self.first_user, self.first_department = first_user, first_department

    def owner(self, customer: int) -> tuple[int, int]:
        """(owner id, department id) of a customer and all that hangs on it."""
        user = self.plan.owner_of(customer)
        return self.first_user + user, self.first_department + self.plan.department_of(user)

    def name(self, customer: int) -> str:
        if customer % 6 == 0:
            return f"{EN_HEADS[spread(customer, 10)]} {EN_HEADS[spread(customer, 10, 1)]} {customer} Ltd"
        return f"{CITIES[spread(customer, 12)]}{ZH_HEADS[spread(customer, 20, 2)]}{ZH_TRADES[spread(customer, 12, 3)]}{customer}有限公司"

    customer_columns = ("id", "version", "created_at", "updated_at", "owner_id", "department_id", "number", "name", "kind", "status", "level", "industry", "source", "phone", "email", "city", "annual_revenue")  # fmt: skip

    def customer(self) -> Iterator[Row]:
        for n in range(self.plan.size):
            owner, department = self.owner(n)
            made, changed = self.clock.at(n, self.plan.size), self.clock.at(spread(n, self.plan.size, 4), self.plan.size)
            yield (
                n + 1, 1, stamp(made), stamp(max(made, changed)), owner, department, f"C{n + 1:06d}", self.name(n), "company", STATUSES[spread(n, 6, 5)],
                LEVELS[spread(n, 7, 6)], INDUSTRIES[spread(n, 10, 7)], "import", f"142{spread(n, 10**8, 8):08d}", f"info{n}@example.com",
                CITIES[spread(n, 12)], self.money(spread(n, 10**9, 9)),
            )  # fmt: skip

    contact_columns = ("id", "version", "created_at", "updated_at", "owner_id", "department_id", "customer_id", "name", "mobile", "email", "is_primary", "do_not_call", "do_not_mail")  # fmt: skip

    def contact(self) -> Iterator[Row]:
        for n in range(self.plan.contacts):
            owner, department = self.owner(n // 2)
            at = stamp(self.clock.at(n, self.plan.contacts))
            name = f"{FAMILY[spread(n, 16)]}{GIVEN[spread(n, 12, 1)]}"
            yield (
                n + 1,
                1,
                at,
                at,
                owner,
                department,
                n // 2 + 1,
                name,
                f"143{spread(n, 10**8, 2):08d}",
                f"p{n}@example.com",
                n % 2 == 0,
                False,
                False,
            )

    opportunity_columns = (
        "id", "version", "created_at", "updated_at", "owner_id", "department_id", "number", "name", "customer_id", "contact_id", "pipeline_id", "stage_id", "status",
        "amount", "currency", "exchange_rate", "base_amount", "probability", "probability_overridden", "weighted_amount", "expected_close", "opened_on", "closed_on",
        "closed_at", "stage_entered_at", "furthest_stage_id", "cycle_days", "loss_reason",
    )  # fmt: skip

    def opportunity(self) -> Iterator[Row]:
        for n in range(self.plan.opportunities):
            customer = n % self.plan.size
            owner, department = self.owner(customer)
            opened = self.clock.at(n, self.plan.opportunities)
            status = ("won", "won", "won", "won", "lost", "lost", "lost", "open", "open", "open")[spread(n, 10, 1)]
            days = 10 + spread(n, 110, 2)
            closed = min(opened + timedelta(days=days), self.clock.end) if status != "open" else None
            far = self.open_stages[spread(n, len(self.open_stages), 3)]
            stage = far if status == "open" else self.stage_of[status]
            amount, probability = 100_000 + spread(n, 50_000_000, 4), {"won": 100, "lost": 0}.get(status, 40)
            entered = closed or min(opened + timedelta(days=spread(n, 30, 5)), self.clock.end)
            yield (
                n + 1, 1, stamp(opened), stamp(entered), owner, department, f"O{n + 1:06d}", f"{self.name(customer)} · {n}", customer + 1, 2 * customer + 1, self.pipeline, stage,
                status, self.money(amount), "CNY", 1, self.money(amount), probability, False, self.money(amount * probability // 100),
                str((closed or self.clock.end + timedelta(days=days)).date()), str(opened.date()), str(closed.date()) if closed else None,
                stamp(closed) if closed else None, stamp(entered), self.stage_of["won"] if status == "won" else far, (closed - opened).days if closed else None,
                REASONS[spread(n, 5, 6)] if status == "lost" else None,
            )  # fmt: skip

    activity_columns = (
        "id",
        "version",
        "created_at",
        "updated_at",
        "owner_id",
        "department_id",
        "entity",
        "record_id",
        "kind",
        "subject",
        "at",
        "about",
    )

    def activity(self) -> Iterator[Row]:
        for n in range(self.plan.activities):
            customer = n % self.plan.size
            owner, department = self.owner(customer)
            at = stamp(self.clock.at(n, self.plan.activities))
            yield n + 1, 1, at, at, owner, department, "customer", customer + 1, KINDS[spread(n, 6)], f"跟进 {n}", at, None

    ticket_columns = (
        "id", "version", "created_at", "updated_at", "owner_id", "department_id", "number", "subject", "kind", "priority", "channel", "customer_id", "status",
        "due_at", "first_response_breached", "resolution_breached", "resolved_at", "reopen_count", "transfer_count", "first_response_target", "resolution_target", "resolution_used", "paused_seconds",
    )  # fmt: skip

    def ticket(self) -> Iterator[Row]:
        for n in range(self.plan.tickets):
            customer = spread(n, self.plan.size, 1)
            owner, department = self.owner(customer)
            made = self.clock.at(n, self.plan.tickets)
            is_open = n > 0.97 * self.plan.tickets
            done = None if is_open else stamp(made + timedelta(hours=spread(n, 70, 2) + 1))
            yield (
                n + 1, 1, stamp(made), done or stamp(made), owner, department, f"T{n + 1:06d}", f"工单 {n}", "request", ("p1", "p2", "p3", "p4")[spread(n, 4, 3)], "email", customer + 1,
                "in_progress" if is_open else "closed", stamp(made + timedelta(days=2)) if is_open else None, False, spread(n, 8, 4) == 0, done, 0, 0, 14_400, 86_400, 3_600, 0,
            )  # fmt: skip
