"""8,800 opportunities of a published data set, through the services: the product's own figures are the known ones."""

import csv
import json
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.core.actor import SYSTEM, Source, acting_as
from app.core.database import unit_of_work
from app.core.models import AuditEntry
from app.customers.services.customer import CustomerService
from app.extensions import db
from app.sales.models import StageChange
from app.sales.rules.funnel import passages
from app.sales.services.funnel import FunnelFigures, led_figures
from app.sales.services.opportunity import OpportunityService
from app.sales.services.product import ProductService
from app.sales.services.selection import Selection
from app.sales.services.stages import stages_by_key
from app.security.models import CrmUser
from app.security.services.department import DepartmentService

pytestmark = pytest.mark.slow
IMPORTER = SYSTEM.through(Source.IMPORT)
BATCH = 1000


def rows_of(folder, name):
    with (folder / "maven_crm_sales" / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def pipeline(app, data):
    """The data set, written by the services."""
    with app.app_context(), acting_as(IMPORTER):
        yield Loaded(data)
        db.session.rollback()


class Loaded:
    """Names → ids, and the facts that an independent program computed."""

    def __init__(self, folder):
        self.facts = json.loads((folder / "facts.json").read_text())["maven_crm_sales"]
        with unit_of_work():
            self.people(rows_of(folder, "sales_teams"))
            self.products = self.named(
                ProductService(), [{"name": r["product"], "list_price": Decimal(r["sales_price"])} for r in rows_of(folder, "products")]
            )
            self.customers = self.named(CustomerService(), [{"name": r["account"]} for r in rows_of(folder, "accounts")])
            self.opportunities(rows_of(folder, "sales_pipeline"))

    def named(self, service, rows):
        return {r.name: r.id for r in service.add_many(rows, actor=IMPORTER)}

    def people(self, teams):
        session = db.session()
        self.departments = {
            name: DepartmentService().create({"name_zh": name, "name_en": name}, actor=IMPORTER).id
            for name in sorted({t["regional_office"] for t in teams})
        }
        self.users = {}
        for team in teams:
            manager = self.user(session, team["manager"], team["regional_office"])
            self.user(session, team["sales_agent"], team["regional_office"]).manager_id = manager.id
        session.flush()

    def user(self, session, name, office):
        if name not in self.users:
            first, last = name.split(" ", 1)
            key = name.lower().replace(" ", ".")
            user = CrmUser(
                username=key,
                first_name=first,
                last_name=last,
                email=f"{key}@example.com",
                active=True,
                department_id=self.departments[office],
            )
            session.add(user)
            session.flush()
            self.users[name] = user.id
        return session.get(CrmUser, self.users[name])

    def opportunities(self, rows):
        stages = stages_by_key(db.session())
        spelled = {name.replace(" ", ""): id_ for name, id_ in self.products.items()}

        def day(text):
            return date.fromisoformat(text) if text else None

        read = [
            {
                "external_id": r["opportunity_id"],
                "owner_id": self.users[r["sales_agent"]],
                "product_id": spelled[r["product"].replace(" ", "")],
                "customer_id": self.customers.get(r["account"]),
                "stage_id": stages[r["deal_stage"].lower()],
                "opened_on": day(r["engage_date"]),
                "closed_on": day(r["close_date"]),
                "amount": Decimal(r["close_value"]) if r["close_value"] else None,
            }
            for r in rows
        ]
        for start in range(0, len(read), BATCH):
            OpportunityService().add_many(read[start : start + BATCH], actor=IMPORTER)


def compared(figures):
    """The figures that the facts name, in their words."""
    return {
        "opps": figures.count,
        "won": figures.won_count,
        "lost": figures.lost_count,
        "won_value": figures.won_amount,
        # both sides are rounded to the hundredth of a percent, each in its own way
        "win_rate": pytest.approx(float(figures.win_rate) / 100, abs=0.00011),
    }


def test_the_figures_of_the_data_set(pipeline):
    session, facts = db.session(), pipeline.facts
    assert session.scalar(select(func.count(StageChange.id))) == 8800
    assert session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.entity == "opportunity")) == 8800

    figures = FunnelFigures(session, IMPORTER)
    whole = figures.summary()
    assert (whole.count, whole.won_count, whole.won_amount) == (8800, 4238, Decimal(10_005_534))
    assert (whole.win_rate, whole.average_won) == (Decimal("63.15"), Decimal("2360.91"))
    cycle = facts["sales_cycle_days"]
    assert (float(whole.cycle.mean), float(whole.cycle.median)) == (cycle["won_mean"], cycle["won_median"])
    stages = stages_by_key(session)
    now = figures.by_stage(())
    assert {key.title(): now[id_].count for key, id_ in stages.items() if id_ in now} == facts["stage_counts"]

    by_department = figures.by_department()
    assert {n: compared(by_department[id_]) for n, id_ in pipeline.departments.items()} == facts["per_region"]
    by_product = figures.by_product()
    assert {n.replace("GTX Pro", "GTXPro"): compared(by_product[id_]) for n, id_ in pipeline.products.items()} == facts["per_product"]
    by_owner = figures.by_owner()
    assert {n: compared(by_owner[id_]) for n, id_ in pipeline.users.items() if id_ in by_owner} == facts["per_agent"]
    names = {id_: name for name, id_ in pipeline.users.items()}
    managers = dict(session.execute(select(CrmUser.id, CrmUser.manager_id)).tuples().all())
    assert {names[id_]: compared(f) for id_, f in led_figures(by_owner, managers).items()} == facts["per_manager"]
    quarters = {p.label.replace(" ", ""): compared(f) for p, f in figures.by_quarter().items()}
    assert {label: {k: v for k, v in f.items() if k != "opps"} for label, f in quarters.items()} == facts["per_close_quarter"]

    third = figures.summary(Selection(start=date(2017, 7, 1), end=date(2017, 9, 30)))
    assert (third.won_count, third.open_count) == (1257, 2089)
    open_stages = [stages[k] for k in ("prospecting", "engaging", "proposal", "negotiation")]
    first, second, *_rest = passages(open_stages, [stages["won"]], figures.way(Selection()).furthest)
    assert (first.reached, first.advanced, first.undecided, first.dropped) == (8800, 4238 + 1589, 500, 2473)
    assert (second.reached, second.advanced, second.undecided) == (4238 + 1589, 4238, 1589)
