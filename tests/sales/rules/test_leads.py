"""What becomes of a lead."""

import pytest

from app.sales.models import LeadStatus
from app.sales.rules.leads import contact_values, customer_values, status_problem

NEW, QUALIFIED, CONVERTED = LeadStatus.NEW, LeadStatus.QUALIFIED, LeadStatus.CONVERTED


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        (None, NEW, True),
        (NEW, QUALIFIED, True),
        (QUALIFIED, NEW, True),
        (NEW, CONVERTED, False),
        (None, CONVERTED, False),
        (CONVERTED, NEW, False),
        (CONVERTED, CONVERTED, True),
    ],
)
def test_status(before, after, allowed):
    assert (status_problem(before, after) is None) is allowed


def test_a_company_with_a_person_becomes_customer_and_contact():
    lead = {"name": "Acme", "person": "Li Lei", "mobile": "13800138000", "email": "li@acme.cn", "city": "上海", "website": None}
    assert customer_values(lead) == {"name": "Acme", "email": "li@acme.cn", "city": "上海"}
    assert contact_values(lead) == {"name": "Li Lei", "mobile": "13800138000", "email": "li@acme.cn"}


def test_without_a_person_the_mobile_goes_to_the_customer():
    lead = {"name": "王小明", "person": None, "mobile": "13800138000"}
    assert customer_values(lead)["phone"] == "13800138000"
    assert contact_values(lead) is None
