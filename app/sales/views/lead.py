"""Leads: the kit's pages, and converting one."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask_appbuilder import expose

from app.core.actor import Actor, Right, current_actor
from app.core.database import unit_of_work
from app.core.errors import InvalidValues, RuleViolation
from app.core.i18n import _
from app.core.presentation import record_url
from app.core.views.access import requires
from app.core.views.forms import EntityForm, build_form
from app.core.views.records import EntityView
from app.customers.models import CUSTOMER
from app.sales.models import LEAD, OPPORTUNITY, Lead, LeadStatus
from app.sales.services.lead import LeadService

ASKED = ("customer_id", "name", "stage_id", "amount", "expected_close", "product_id")


class LeadView(EntityView):
    """Leads."""

    entity = LEAD
    service_class = LeadService
    record_template = "sales/lead.html"

    def record_extras(self, record: Lead, actor: Actor) -> dict[str, Any]:
        return {"may_convert": record.status is not LeadStatus.CONVERTED and actor.may(Right.CREATE, CUSTOMER.name)}

    @expose("/<int:record_id>/convert", methods=["GET", "POST"])
    @requires(Right.EDIT)
    def convert(self, record_id: int) -> Any:
        """Customer, contact and opportunity of a lead, in one step."""
        actor = current_actor()
        lead = self.service.get(record_id, actor=actor, right=Right.EDIT)
        if lead.status is LeadStatus.CONVERTED:
            flash(_("This lead has already been converted."), "warning")
            return redirect(record_url(LEAD, record_id))
        like = LeadService().customer_like(lead)
        form = build_form(OPPORTUNITY, actor, names=ASKED, defaults={"name": lead.name, "customer_id": like.id if like else None})
        if request.method == "GET":
            return _draw(lead, form, actor, existing=like is not None)
        try:
            values = self.submitted(form)
            with unit_of_work():
                converted = _convert(record_id, values, self.seen_version(), actor)
                target = _result(converted)
        except RuleViolation as refusal:
            lead = self.service.get(record_id, actor=actor, right=Right.EDIT)
            return _draw(lead, form, actor, existing=request.form.get("customer") == "existing", refusal=refusal), 422
        flash(_("The lead has been converted."), "success")
        return redirect(target)


def _convert(lead_id: int, values: dict[str, Any], version: int | None, actor: Actor) -> Lead:
    """What the form says: a new or an existing customer, with or without an opportunity."""
    customer_id = values.pop("customer_id")
    if request.form.get("customer") != "existing":
        customer_id = None
    elif customer_id is None:
        raise InvalidValues({"customer_id": _("Choose the customer.")})
    opportunity = values if request.form.get("with_opportunity") else None
    return LeadService().convert(lead_id, actor=actor, version=version, customer_id=customer_id, opportunity=opportunity)


def _result(lead: Lead) -> str:
    """The page to go on with: the opportunity, else the customer."""
    if lead.converted_opportunity_id is not None:
        return record_url(OPPORTUNITY, lead.converted_opportunity_id)
    assert lead.converted_customer_id is not None
    return record_url(CUSTOMER, lead.converted_customer_id)


def _draw(lead: Lead, form: EntityForm, actor: Actor, *, existing: bool, refusal: RuleViolation | None = None) -> str:
    messages: list[str] = []
    if isinstance(refusal, InvalidValues):
        known = {name for name, problems in form.errors.items() if problems}
        messages = form.add_problems({n: s for n, s in refusal.problems.items() if n not in known})
    elif refusal is not None:
        messages = [str(refusal.sentence)]
    return render_template(
        "sales/convert.html",
        lead=lead,
        form=form,
        existing=existing,
        with_opportunity=request.method == "GET" or bool(request.form.get("with_opportunity")),
        may_sell=actor.may(Right.CREATE, OPPORTUNITY.name),
        version=request.form.get("version", lead.version),
        messages=messages,
    )
