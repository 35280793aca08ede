"""Contacts: they belong to whoever owns their customer."""

from typing import Any

from sqlalchemy import update

from app.core.actor import Actor
from app.core.services.audit import Changes
from app.core.services.records import EntityService
from app.customers.models import CONTACT, Contact, Customer


class ContactService(EntityService[Contact]):
    """Contacts."""

    entity = CONTACT

    def fill(self, record: Contact, actor: Actor) -> None:
        self._follow_customer(record)

    def created(self, record: Contact, actor: Actor) -> None:
        self._only_one_primary(record)

    def updated(self, record: Contact, changes: Changes, actor: Actor) -> None:
        if "customer_id" in changes:
            self._follow_customer(record)
        if "is_primary" in changes:
            self._only_one_primary(record)

    def _follow_customer(self, record: Contact) -> None:
        customer: Any = self.session.get(Customer, record.customer_id)
        if customer is not None:  # an invisible one is refused at the flush, beside its field
            record.owner_id, record.department_id = customer.owner_id, customer.department_id

    def _only_one_primary(self, record: Contact) -> None:
        if record.is_primary:
            others = update(Contact).where(Contact.customer_id == record.customer_id, Contact.id != record.id, Contact.is_primary.is_(True))
            self.session.execute(others.values(is_primary=False).execution_options(synchronize_session=False))
