"""The home page: whose work it shows, what its figures open, what it costs."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.core.actor import SYSTEM, acting_as
from app.core.database import unit_of_work
from app.core.types import utc_now
from app.extensions import db
from app.reporting.models import KpiSnapshot
from app.sales.models import Opportunity, Stage, StageKind
from tests.world import World

ClientOf = Callable[..., FlaskClient]


@pytest.fixture
def deals(app: Flask, world: World) -> None:
    """One open and stalled, one won today, of two sellers; a week of key figures."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        stages = session.scalars(select(Stage).order_by(Stage.pipeline_id, Stage.position)).all()
        first = next(s for s in stages if s.kind == StageKind.OPEN)
        won = next(s for s in stages if s.kind == StageKind.WON and s.pipeline_id == first.pipeline_id)
        shared = {"pipeline_id": first.pipeline_id, "department_id": world.departments["a1"]}
        long_ago = utc_now() - timedelta(days=400)
        session.add(
            Opportunity(
                number="H1",
                name="STALLED-1",
                stage_id=first.id,
                status=StageKind.OPEN,
                base_amount=Decimal(1000),
                weighted_amount=Decimal(100),
                stage_entered_at=long_ago,
                owner_id=world.users["sales_a1"],
                expected_close=utc_now().date(),
                **shared,
            )
        )
        session.add(
            Opportunity(
                number="H2",
                name="WON-2",
                stage_id=won.id,
                status=StageKind.WON,
                base_amount=Decimal(777),
                weighted_amount=Decimal(777),
                closed_on=utc_now().date(),
                owner_id=world.users["sales_a2"],
                **shared,
            )
        )
        for back in range(7):
            for kpi in ("new_customers", "open_pipeline"):
                for place in (0, world.departments["a"], world.departments["a1"]):
                    day = utc_now().date() - timedelta(days=back)
                    session.add(
                        KpiSnapshot(
                            kpi=kpi, place=place, department_id=place or None, day=day, value=Decimal(back), numerator=Decimal(back)
                        )
                    )


def chart(page: str, key: str) -> dict:
    found = re.search(rf'<script type="application/json" id="home-{key}-data">(.*?)</script>', page)
    assert found, f"no chart {key}"
    return json.loads(unescape(found[1]))


def test_a_seller_sees_own_work(client_of: ClientOf, deals: None) -> None:
    page = client_of("sales_a1").get("/").text
    assert "STALLED-1" in page
    assert "My funnel" in page
    assert sum(chart(page, "funnel")["series"][0]["data"]) == 1000
    assert sum(chart(page, "results")["series"][0]["data"]) == 0
    assert "home-ranking" not in page
    assert "home-open_pipeline" not in page
    assert "Last good backup" not in page


def test_a_manager_sees_the_team(client_of: ClientOf, deals: None) -> None:
    page = client_of("manager_a").get("/").text
    assert "STALLED-1" in page
    assert chart(page, "ranking")["series"][0]["data"] == [777]
    assert sum(chart(page, "forecast")["series"][0]["data"]) == 100
    assert chart(page, "open_pipeline")["series"][0]["data"] == [12, 10, 8, 6, 4, 2, 0], "both departments together"


def test_others_see_nothing_of_it(client_of: ClientOf, deals: None) -> None:
    page = client_of("sales_b1").get("/").text
    assert "STALLED-1" not in page
    assert sum(chart(page, "funnel")["series"][0]["data"]) == 0
    page = client_of("service_b").get("/").text
    assert "home-backlog" in page
    assert "home-funnel" not in page
    assert client_of("nobody").get("/").status_code == 200


def test_an_administrator_sees_operations(client_of: ClientOf, deals: None) -> None:
    page = client_of("admin").get("/").text
    assert "Last good backup" in page
    assert chart(page, "new_customers")["series"][0]["data"] == [6, 5, 4, 3, 2, 1, 0]


def test_every_part_of_a_chart_opens_a_list(client_of: ClientOf, deals: None) -> None:
    manager = client_of("manager_a")
    page = manager.get("/").text
    for key in ("funnel", "results", "forecast", "ranking", "new_customers"):
        for url in chart(page, key)["series"][0]["urls"]:
            assert manager.get(url).status_code == 200, url
    assert "WON-2" in manager.get(chart(page, "results")["series"][0]["urls"][-1]).text
    for name in ("service_a",):
        service = client_of(name)
        for url in chart(service.get("/").text, "backlog")["series"][0]["urls"]:
            assert service.get(url).status_code == 200, url


@pytest.mark.parametrize("who", ["admin", "manager_a", "sales_a1", "service_a", "marketer", "reader"])
def test_at_most_fifteen_statements(who: str, app: Flask, client_of: ClientOf, deals: None) -> None:
    client = client_of(who)
    client.get("/")
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get("/").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(statements) <= 15, "\n\n".join(s[:150] for s in statements)
