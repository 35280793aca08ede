"""Customers and contacts."""

from app.customers.models.contact import CONTACT, Contact
from app.customers.models.customer import CUSTOMER, Customer, CustomerKind, CustomerStatus

__all__ = ["CONTACT", "CUSTOMER", "Contact", "Customer", "CustomerKind", "CustomerStatus"]
