"""Customers: the kit's pages."""

from app.core.views.records import EntityView
from app.customers.models import CUSTOMER
from app.customers.services.customer import CustomerService


class CustomerView(EntityView):
    """Customers."""

    entity = CUSTOMER
    service_class = CustomerService
