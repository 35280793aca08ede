"""Tickets: the kit's pages, the conversation, and the moves from state to state."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
from flask_appbuilder import expose

from app.core.actor import Actor, Right, current_actor
from app.core.database import unit_of_work
from app.core.errors import BadRequest, InvalidValues, NotAllowed, RuleViolation, StaleRecord
from app.core.i18n import _
from app.core.presentation import list_url, record_url
from app.core.services.dictionaries import terms
from app.core.types import utc_now
from app.core.views.access import requires
from app.core.views.links import own_path
from app.core.views.records import EntityView
from app.extensions import db
from app.support.models import TICKET, Ticket, TicketStatus
from app.support.models.ticket import OPEN_FILTER
from app.support.rules.transitions import Need
from app.support.services.conversation import messages_of
from app.support.services.ticket import TicketService
from app.support.views.time_left import clocks_of

AUDIENCES = ("public", "internal", "customer")


class TicketView(EntityView):
    """Tickets."""

    entity = TICKET
    service_class = TicketService
    record_template = "support/ticket.html"

    def record_extras(self, record: Ticket, actor: Actor) -> dict[str, Any]:
        """The conversation, the clocks, and the buttons that lead on."""
        service = TicketService()
        may_edit = service.reaches(record, actor, Right.EDIT)
        causes = terms(db.session(), "ticket_cause")
        return {
            "messages": messages_of(db.session(), record),
            "clocks": clocks_of(record, utc_now()),
            "moves": service.offered(record, actor) if may_edit else [],
            "needs": Need,
            "may_take": may_edit and record.owner_id is None and record.status is TicketStatus.NEW,
            "may_assign": may_edit
            and record.status in {TicketStatus.NEW, TicketStatus.ASSIGNED, TicketStatus.IN_PROGRESS}
            and service.reaches(record, actor, Right.TRANSFER),
            "may_reply": may_edit,
            "causes": [(key, term.label) for key, term in causes.items() if term.active],
            "others_url": list_url(TICKET, f"customer_id:eq:{record.customer_id}", OPEN_FILTER) if record.customer_id else None,
            "problem": None,
            "typed": {},
        }

    @expose("/<int:record_id>/take", methods=["POST"])
    @requires(Right.EDIT)
    def take(self, record_id: int) -> Response:
        """Mine from now on, unless somebody was faster."""
        try:
            with unit_of_work():
                TicketService().take(record_id, actor=current_actor())
        except RuleViolation as refusal:
            flash(str(refusal.sentence), "warning")
            return redirect(own_path(request.form.get("back"), record_url(TICKET, record_id)))  # type: ignore[return-value]
        flash(_("The ticket is yours."), "success")
        return redirect(record_url(TICKET, record_id))  # type: ignore[return-value]

    @expose("/<int:record_id>/assign", methods=["POST"])
    @requires(Right.EDIT)
    def assign(self, record_id: int) -> Response:
        """Give it to somebody, or pass it on with a reason."""
        owner_id = request.form.get("owner_id", type=int)
        if owner_id is None:
            return self._refused(record_id, InvalidValues({"owner_id": _("Choose who works on it.")}))
        reason, version = request.form.get("reason", ""), self.seen_version()
        done = _("The ticket has been assigned.")
        return self._do(record_id, done, lambda s, a: s.assign(record_id, owner_id, actor=a, reason=reason, version=version))

    @expose("/<int:record_id>/messages", methods=["POST"])
    @requires(Right.EDIT)
    def say(self, record_id: int) -> Response:
        """An answer to the customer, a note among ourselves, or what the customer said."""
        audience, body = request.form.get("audience", "public"), request.form.get("body", "")
        if audience not in AUDIENCES:
            raise BadRequest()
        if audience == "customer":
            return self._do(record_id, _("Noted."), lambda s, a: s.receive(record_id, body, actor=a))
        public = audience == "public"
        done = _("Your answer has been added.") if public else _("Your note has been added.")
        return self._do(record_id, done, lambda s, a: s.reply(record_id, body, actor=a, public=public))

    @expose("/<int:record_id>/state", methods=["POST"])
    @requires(Right.EDIT)
    def change_state(self, record_id: int) -> Response:
        """One step through the workflow."""
        try:
            target = TicketStatus(request.form.get("target", ""))
        except ValueError as error:
            raise BadRequest() from error
        version = self.seen_version()
        brought = {name: request.form.get(name, "") for name in ("reason", "resolution", "cause")}
        done = _("The ticket is now “%(status)s”.", status=target.label)
        return self._do(record_id, done, lambda s, a: s.change_state(record_id, target, actor=a, version=version, **brought))

    def landing(self, record_id: int) -> str:
        """Its page, or the desk when it has just gone to people of another department."""
        return record_url(TICKET, record_id) if TicketService().is_visible(record_id) else "/desk/"

    def _do(self, record_id: int, done: str, verb: Callable[[TicketService, Actor], Any]) -> Response:
        """Run one verb; a refusal shows the page again with everything that was typed."""
        actor = current_actor()
        try:
            with unit_of_work():
                verb(TicketService(), actor)
        except (RuleViolation, StaleRecord, NotAllowed) as refusal:
            return self._refused(record_id, refusal)
        flash(done, "success")
        return redirect(self.landing(record_id))  # type: ignore[return-value]

    def _refused(self, record_id: int, refusal: RuleViolation | StaleRecord | NotAllowed) -> Response:
        sentences = refusal.problems.values() if isinstance(refusal, InvalidValues) else [refusal.sentence]
        actor = current_actor()
        record = self.load(record_id, actor)
        variables = self.record_variables(record, actor) | {"problem": " ".join(str(s) for s in sentences), "typed": request.form}
        return make_response(render_template(self.record_template, **variables), refusal.status)
