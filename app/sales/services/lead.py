"""Leads: looked into, and in the end converted or put aside."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app.core.actor import Actor, Right
from app.core.errors import InvalidValues, RuleViolation, StaleRecord
from app.core.services.records import EntityService, service_of
from app.core.types import utc_now
from app.customers.models import CONTACT, CUSTOMER, Contact, Customer
from app.sales.events import lead_converted
from app.sales.models import LEAD, OPPORTUNITY, Lead, LeadStatus, Opportunity
from app.sales.rules.leads import CONVERTED, contact_values, customer_values, status_problem


class LeadService(EntityService[Lead]):
    """Leads."""

    entity = LEAD

    def check(self, typed: dict[str, Any], record: Lead | None, actor: Actor) -> None:
        if "status" in typed:
            problem = status_problem(record.status if record is not None else None, typed["status"])
            if problem is not None:
                raise InvalidValues({"status": problem})

    def convert(
        self,
        lead_id: int,
        *,
        actor: Actor,
        version: int | None,
        customer_id: int | None = None,
        opportunity: Mapping[str, Any] | None = None,
    ) -> Lead:
        """Make customer, contact and (when its values are given) opportunity of a lead, in one unit of work.

        With `customer_id` the lead joins a customer that is already there.
        """
        lead = self.get(lead_id, actor=actor, right=Right.EDIT)
        if version is not None and lead.version != version:
            raise StaleRecord(current=lead.version)
        if lead.status is LeadStatus.CONVERTED:
            raise RuleViolation(CONVERTED)
        values = {name: getattr(lead, name) for name in self.entity.fields}
        customer = self._customer(values, customer_id, actor)
        contact = self._contact(values, customer, actor)
        made = self._opportunity(lead, customer, contact, opportunity, actor) if opportunity is not None else None
        links = {
            "converted_customer_id": customer.id,
            "converted_contact_id": contact and contact.id,
            "converted_opportunity_id": made and made.id,
        }
        self.change(lead, {"status": LeadStatus.CONVERTED, "converted_at": utc_now(), **links}, actor=actor, action="convert")
        lead_converted.send(lead, customer=customer, contact=contact, opportunity=made, actor=actor)
        return lead

    def _customer(self, lead: Mapping[str, Any], customer_id: int | None, actor: Actor) -> Customer:
        service = service_of(CUSTOMER)
        if customer_id is not None:
            return service.get(customer_id, actor=actor)
        return service.create(customer_values(lead) | _owner(CUSTOMER.name, lead, actor), actor=actor)

    def _contact(self, lead: Mapping[str, Any], customer: Customer, actor: Actor) -> Contact | None:
        values = contact_values(lead)
        if values is None:
            return None
        same = select(Contact).where(Contact.customer_id == customer.id, func.lower(Contact.name) == values["name"].lower()).limit(1)
        known = self.session.scalar(same)
        return known or service_of(CONTACT).create(values | {"customer_id": customer.id}, actor=actor)

    def _opportunity(self, lead: Lead, customer: Customer, contact: Contact | None, values: Mapping[str, Any], actor: Actor) -> Opportunity:
        known = {"customer_id": customer.id, "contact_id": contact and contact.id, "source": lead.source}
        owner = _owner(OPPORTUNITY.name, {"owner_id": lead.owner_id}, actor)
        return service_of(OPPORTUNITY).create({**known, **owner, **values}, actor=actor)

    def customer_like(self, lead: Lead) -> Customer | None:
        """A visible customer of the lead's name, to be offered instead of a new one."""
        same = select(Customer).where(func.lower(Customer.name) == lead.name.lower()).order_by(Customer.id).limit(1)
        return self.session.scalar(same)


def _owner(entity: str, lead: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """What comes of a lead belongs to its owner, where the actor may give it to somebody."""
    return {"owner_id": lead["owner_id"]} if lead.get("owner_id") and actor.may(Right.TRANSFER, entity) else {}
