"""What becomes of a lead: the values of the customer, contact and opportunity it turns into."""

from collections.abc import Mapping
from typing import Any

from app.core.i18n import Text, _l
from app.sales.models.lead import LeadStatus

CONVERTED = _l("This lead has already been converted.")
BY_CONVERSION = _l("A lead becomes converted by converting it.")

SHARED_WITH_CUSTOMER = ("name", "phone", "email", "website", "source", "industry", "province", "city", "address")
SHARED_WITH_CONTACT = ("position", "mobile", "phone", "email", "wechat")


def status_problem(before: LeadStatus | None, after: LeadStatus) -> Text | None:
    """Only a conversion makes a lead converted, and nothing undoes it."""
    if before is LeadStatus.CONVERTED and after is not LeadStatus.CONVERTED:
        return CONVERTED
    if before is not LeadStatus.CONVERTED and after is LeadStatus.CONVERTED:
        return BY_CONVERSION
    return None


def customer_values(lead: Mapping[str, Any]) -> dict[str, Any]:
    """A company takes the lead's own reach only where there is no person who keeps it."""
    values = {name: lead.get(name) for name in SHARED_WITH_CUSTOMER if lead.get(name)}
    if not values.get("phone") and not lead.get("person") and lead.get("mobile"):
        values["phone"] = lead["mobile"]
    return values


def contact_values(lead: Mapping[str, Any]) -> dict[str, Any] | None:
    """The person behind the lead; none when it names nobody."""
    if not lead.get("person"):
        return None
    return {"name": lead["person"]} | {name: lead.get(name) for name in SHARED_WITH_CONTACT if lead.get(name)}
