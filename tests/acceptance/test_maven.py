"""A published data set comes in through the product's own import; the product's own reports say what is known of it."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.core.models import AuditEntry
from app.customers.models import Customer
from app.sales.models import Opportunity, Product, StageChange
from tests.acceptance.conftest import Browser

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def maven(data: Path) -> Path:
    return data / "maven_crm_sales"


@pytest.fixture
def says_the_facts(
    session: Session, client_of: Callable[..., Any], reported: Callable[..., Any], facts: dict[str, Any]
) -> Callable[[], None]:
    """The reports of the product against the known figures."""
    known = facts["maven_crm_sales"]

    def compare() -> None:
        page = client_of("admin").get("/funnel/report").text
        for figure in ("10,005,534", "4,238", "63.15"):
            assert figure in page
        assert session.scalar(select(func.count(Opportunity.id))) == session.scalar(select(func.count(StageChange.id))) == 8800
        managers, regions, quarters, agents = (reported(by) for by in ("manager", "department", "quarter", "owner"))
        total = managers.pop("All together")
        assert (total["Won"], total["Won amount"], total["Win rate"], total["Lost"], total["Open"]) == (
            4238,
            10_005_534,
            Decimal("63.15"),
            2473,
            2089,
        )
        assert {name: figures_of(row) for name, row in managers.items()} == expected(known["per_manager"])
        assert {name: figures_of(row) for name, row in regions.items() if name != "All together"} == expected(known["per_region"])
        assert {name: figures_of(row) for name, row in agents.items() if name != "All together"} == expected(known["per_agent"])
        quarters = {label.replace(" ", ""): closed_of(row) for label, row in quarters.items() if label != "All together"}
        assert quarters == {label: (f["won"], f["lost"], f["won_value"]) for label, f in known["per_close_quarter"].items()}

    return compare


def closed_of(row: dict[str, Decimal]) -> tuple[Decimal, ...]:
    return row["Won"], row["Lost"], row["Won amount"]


def figures_of(row: dict[str, Decimal]) -> tuple[Decimal, ...]:
    return (*closed_of(row), row["Open"] + row["Won"] + row["Lost"])


def expected(known: dict[str, dict[str, Any]]) -> dict[str, tuple[int, ...]]:
    return {name: (f["won"], f["lost"], f["won_value"], f["opps"]) for name, f in known.items()}


def import_by_command(by_command: Callable[..., str], maven: Path) -> None:
    """The four files, in the order in which they refer to each other."""
    by_command("product", maven / "products.csv", "--create-missing", "category")
    by_command("user", maven / "sales_teams.csv", "--create-missing", "department_id", "--create-missing", "manager_id")
    by_command("customer", maven / "accounts.csv", "--value", "industry:technolgy=technology")


def test_by_command(
    by_command: Callable[..., str], maven: Path, session: Session, facts: dict[str, Any], says_the_facts: Callable[[], None]
) -> None:
    import_by_command(by_command, maven)
    assert "8800 created, 0 changed, 0 refused" in by_command("opportunity", maven / "sales_pipeline.csv")
    says_the_facts()
    known = facts["maven_crm_sales"]
    above = aliased(Customer)
    parents = select(above.name, func.count(Customer.id)).join(above, Customer.parent_id == above.id).group_by(above.name)
    assert dict(session.execute(parents).tuples().all()) == known["account_hierarchy"]
    industries = select(Customer.industry, func.count(Customer.id)).where(Customer.industry.is_not(None)).group_by(Customer.industry)
    spelled_right = {("technology" if sector == "technolgy" else sector): count for sector, count in known["sectors"].items()}
    assert dict(session.execute(industries).tuples().all()) == spelled_right
    sold = select(Product.name, func.count(Opportunity.id)).join(Product, Opportunity.product_id == Product.id).group_by(Product.name)
    assert dict(session.execute(sold).tuples().all())["GTX Pro"] == known["product_name_not_in_catalogue"]["GTXPro"]
    assert session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.entity == "opportunity")) == 8800


def test_over_the_pages(by_pages: Browser, maven: Path, says_the_facts: Callable[[], None]) -> None:
    by_pages.import_file("product", maven / "products.csv", create_missing=["category"])
    by_pages.import_file("user", maven / "sales_teams.csv", create_missing=["department_id", "manager_id"])
    by_pages.import_file("customer", maven / "accounts.csv", **{"value:industry:technolgy": "technology"})
    page = by_pages.import_file("opportunity", maven / "sales_pipeline.csv")
    assert "The import is done." in page
    assert "8,800" in page
    says_the_facts()


def test_days_in_another_order(by_command: Callable[..., str], maven: Path, says_the_facts: Callable[[], None]) -> None:
    """2,641 of its days could be read in two ways; the column as a whole cannot."""
    import_by_command(by_command, maven)
    by_command("opportunity", maven / "variant_sales_pipeline_ddmmyy.csv")
    says_the_facts()


def test_from_a_workbook(by_command: Callable[..., str], maven: Path, says_the_facts: Callable[[], None]) -> None:
    """The same tables as sheets, with true dates and numbers."""
    workbook = maven / "variant_data_model.xlsx"
    by_command("product", workbook, "--sheet", "products", "--create-missing", "category")
    by_command("user", workbook, "--sheet", "sales_teams", "--create-missing", "department_id", "--create-missing", "manager_id")
    by_command("customer", workbook, "--sheet", "accounts")
    by_command("opportunity", workbook, "--sheet", "sales_pipeline")
    says_the_facts()
