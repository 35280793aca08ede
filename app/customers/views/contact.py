"""Contacts: the kit's pages."""

from app.core.views.records import EntityView
from app.customers.models import CONTACT
from app.customers.services.contact import ContactService


class ContactView(EntityView):
    """Contacts."""

    entity = CONTACT
    service_class = ContactService
