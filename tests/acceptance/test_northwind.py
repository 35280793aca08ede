"""Customers and their contacts from one table, in four states of repair."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.customers.models import Contact, Customer
from app.dataexchange.models import ImportProblem


@pytest.fixture
def northwind(data: Path) -> Path:
    return data / "northwind"


@pytest.mark.parametrize("name", ["customers.csv", "quoted_customers.csv"])
def test_customers_and_their_contacts(name: str, by_command: Callable[..., str], northwind: Path, session: Session) -> None:
    assert "91 created, 0 changed, 0 refused" in by_command("customer", northwind / name)
    assert "91 created, 0 changed, 0 refused" in by_command("contact", northwind / name)
    customer = session.scalars(select(Customer).where(Customer.external_id == "ALFKI")).one()
    assert (customer.name, customer.city, customer.postal_code, customer.country, customer.province) == (
        "Alfreds Futterkiste",
        "Berlin",
        "12209",
        "Germany",
        None,
    )
    anna = session.scalars(select(Contact).where(Contact.customer_id == customer.id)).one()
    assert (anna.name, anna.position, anna.phone) == ("Maria Anders", "Sales Representative", "030-0074321")
    # leading zeros are part of a postal code
    assert session.scalar(select(Customer.postal_code).where(Customer.external_id == "ANATR")) == "05021"
    assert session.scalar(select(func.count(Customer.id)).where(Customer.country == "USA")) == 13


def test_commas_that_nobody_quoted(by_command: Callable[..., str], northwind: Path, session: Session) -> None:
    """Rows that are too wide are refused, never shifted; the others come in."""
    said = by_command("customer", northwind / "quirk_unquoted_commas_customers.csv")
    assert "67 created, 0 changed, 24 refused" in said
    assert session.scalar(select(func.count(func.distinct(ImportProblem.row)))) == 24
    assert session.scalar(select(func.count(Customer.id)).where(Customer.external_id.is_not(None))) == 67
