"""Customers, their contacts and the leads that are not yet customers, as plain values."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from app.customers.models.customer import CustomerStatus
from app.demo.rules import names
from app.demo.rules.company import REGIONS, Colleague, sellers
from app.sales.models.lead import LeadStatus

CUSTOMERS, LEADS, ABROAD_SHARE = 300, 120, 0.15
YEARS = 2
POSITIONS = {
    True: ["CEO", "CIO", "Head of purchasing", "IT manager", "Operations manager", "Controller", "Project lead"],
    False: ["总经理", "信息总监", "采购经理", "IT 经理", "运营经理", "财务主管", "项目负责人"],
}
ROLES = ["decider", "influencer", "user", "buyer", "gatekeeper"]
SOURCES = ["website", "referral", "phone", "exhibition", "advertising", "social", "cold_call", "partner"]
SOURCE_WEIGHTS = [24, 20, 8, 16, 8, 10, 8, 6]
SIZES = {"1_49": (5, 49), "50_199": (50, 199), "200_999": (200, 999), "1000": (1000, 8000)}


@dataclass
class PlannedCustomer:
    """A customer with what hangs on it; `owner` is a colleague's user name."""

    values: dict[str, Any]
    owner: Colleague
    region: str
    since: datetime
    appeal: float
    contacts: list[dict[str, Any]] = field(default_factory=list)


def working_moment(random: Random, day: date, now: datetime) -> datetime:
    """A moment of a working day, in hours people work in China, never after now."""
    while day.weekday() > 4:
        day -= timedelta(days=1)
    moment = datetime(day.year, day.month, day.day, random.randint(1, 9), random.randrange(60), random.randrange(60), tzinfo=now.tzinfo)
    return min(moment, now - timedelta(minutes=random.randint(5, 240)))


def plan_customers(random: Random, now: datetime) -> list[PlannedCustomer]:
    """Customers of all regions, the oldest first: a third was there from the beginning, the others came one by one."""
    taken: set[str] = set()
    shares = sorted(random.random() * (0.08 if random.random() < 0.35 else 0.98) for _customer in range(CUSTOMERS))
    start = now - timedelta(days=365 * YEARS)
    return [_customer(random, serial, start + (now - start) * share, now, taken) for serial, share in enumerate(shares, 1)]


def _customer(random: Random, serial: int, about: datetime, now: datetime, taken: set[str]) -> PlannedCustomer:
    region = random.choices(REGIONS, [45, 30, 25])[0]
    team = sellers(region)
    owner = random.choices(team, [c.strength for c in team])[0]
    industry = random.choice(list(names.TRADES))
    abroad = random.random() < ABROAD_SHARE
    place = _place(random, region, abroad)
    name, short = (
        names.western_company(random, industry, taken) if abroad else names.chinese_company(random, place["city"], industry, taken)
    )
    size = random.choices(list(SIZES), [45, 30, 18, 7])[0]
    employees = random.randint(*SIZES[size])
    since = working_moment(random, about.date(), now)
    values = {
        "name": name,
        "short_name": short,
        "industry": industry,
        "source": random.choices(SOURCES, SOURCE_WEIGHTS)[0],
        "classification": random.choices(["direct", "channel", "other"], [80, 15, 5])[0],
        "level": random.choices(["a", "b", "c", "d"], [8, 22, 50, 20] if size in {"1_49", "50_199"} else [35, 40, 20, 5])[0],
        "size": size,
        "employees": employees,
        "annual_revenue": employees * random.randint(200, 900) * 1000,
        "founded": random.randint(1965, now.year - 2),
        "phone": names.landline(random, abroad),
        "email": f"info{serial}@example.com",
        "website": f"https://company{serial}.example",
        "address": f"{random.randint(1, 299)} Harbour Road"
        if abroad
        else f"{random.choice(['创新', '滨江', '科技', '人民', '朝阳', '工业'])}路 {random.randint(1, 1999)} 号",
        **place,
        "created_at": since,
        "updated_at": since,
    }
    planned = PlannedCustomer(values, owner, region, since, random.uniform(0.6, 1.4))
    planned.contacts = _contacts(random, serial, abroad, since)
    return planned


def _place(random: Random, region: str, abroad: bool) -> dict[str, str]:
    if abroad:
        country, city = random.choice(names.ABROAD)
        return {"country": country, "city": city}
    province, city, _english = random.choice(names.CITIES[region])
    return {"country": "中国", "province": province, "city": city}


def _contacts(random: Random, serial: int, abroad: bool, since: datetime) -> list[dict[str, Any]]:
    """One to four people; the first is whom we call first."""
    people = []
    for place in range(random.choices([1, 2, 3, 4], [30, 40, 20, 10])[0]):
        make = names.western_person if abroad else names.chinese_person
        person = make(random, serial * 10 + place)
        people.append(
            {
                "name": person.full,
                "position": random.choice(POSITIONS[abroad]),
                "decision_role": random.choice(ROLES),
                "mobile": names.mobile(random),
                "email": f"{person.latin}@example.com",
                "is_primary": place == 0,
                "created_at": since,
                "updated_at": since,
            }
        )
    return people


def status_of(won: int, open_: int, lost: int) -> CustomerStatus:
    """What the opportunities say about a customer."""
    if won:
        return CustomerStatus.WON
    if open_:
        return CustomerStatus.INTERESTED
    return CustomerStatus.LOST if lost > 1 else CustomerStatus.PROSPECT


def plan_leads(random: Random, now: datetime, taken: set[str]) -> list[tuple[Colleague, dict[str, Any]]]:
    """Leads of the last months; the newest have not been looked at."""
    leads = []
    for serial in range(LEADS):
        age = int(random.random() ** 2 * 150)
        region = random.choice(REGIONS)
        industry = random.choice(list(names.TRADES))
        province, city, _english = random.choice(names.CITIES[region])
        person = names.chinese_person(random, 9000 + serial)
        since = working_moment(random, (now - timedelta(days=age)).date(), now)
        early = age < 12
        status = random.choices(
            [LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.QUALIFIED, LeadStatus.UNQUALIFIED], [60, 35, 5, 0] if early else [8, 32, 30, 30]
        )[0]
        values = {
            "name": names.chinese_company(random, city, industry, taken)[0],
            "person": person.full,
            "position": random.choice(POSITIONS[False]),
            "mobile": names.mobile(random),
            "email": f"lead{serial}@example.com",
            "source": random.choices(SOURCES, SOURCE_WEIGHTS)[0],
            "industry": industry,
            "province": province,
            "city": city,
            "status": status,
            "created_at": since,
            "updated_at": since,
        }
        leads.append((random.choice(sellers(region)), values))
    return leads
