"""Customers: rules over several fields, and what a new owner means for the contacts."""

from typing import Any

from sqlalchemy import select, update

from app.core.actor import Actor
from app.core.errors import InvalidValues, RuleViolation
from app.core.i18n import _l
from app.core.services.audit import Changes
from app.core.services.records import EntityService
from app.customers.models import CUSTOMER, Contact, Customer

DEEPEST = 20


class CustomerService(EntityService[Customer]):
    """Customers."""

    entity = CUSTOMER

    def check(self, typed: dict[str, Any], record: Customer | None, actor: Actor) -> None:
        if record is not None and typed.get("parent_id"):
            self._check_parent(record, typed["parent_id"])

    def _check_parent(self, record: Customer, parent_id: int) -> None:
        """A company cannot be its own parent, not even through others."""
        above: int | None = parent_id
        for _step in range(DEEPEST):
            if above is None:
                return
            if above == record.id:
                raise InvalidValues({"parent_id": _l("A company cannot lie below itself.")})
            above = self.session.scalar(select(Customer.parent_id).where(Customer.id == above))
        raise InvalidValues({"parent_id": _l("This tree of companies is too deep.")})

    def updated(self, record: Customer, changes: Changes, actor: Actor) -> None:
        """Contacts follow their customer, so that whoever sees the customer sees them."""
        if "owner_id" in changes:
            follow = {"owner_id": record.owner_id, "department_id": record.department_id}
            statement = update(Contact).where(Contact.customer_id == record.id).values(follow)
            self.session.execute(statement.execution_options(synchronize_session=False))

    def check_delete(self, record: Customer, actor: Actor) -> None:
        if self.session.scalar(select(Customer.id).where(Customer.parent_id == record.id).limit(1)) is not None:
            raise RuleViolation(_l("Other customers name this one as their parent company. Change them first."))
