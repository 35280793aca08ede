"""Tickets: made, taken, passed on, answered, moved through their states; nothing else writes them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.actor import Actor, Right
from app.core.entity import get_entity
from app.core.errors import InvalidValues, NotAllowed, RuleViolation, StaleRecord
from app.core.fields import Field
from app.core.i18n import _l
from app.core.rules.values import Unreadable
from app.core.services.audit import Changes, record_change
from app.core.services.records import EntityService
from app.core.types import utc_now
from app.support.models import TICKET, TICKET_MESSAGE, MessageDirection, Queue, Ticket, TicketMessage, TicketStatus, TicketTransition
from app.support.rules.transitions import Given, Part, Refused, Transition, offered, refusal
from app.support.services import ticket_clock

Moment = Callable[[], datetime]
TAKEN_MEANWHILE = _l("Somebody else has already taken this ticket.")
ASSIGN_THERE = _l("Assign the ticket on its page, so that everybody sees who had it and why it was passed on.")


class TicketService(EntityService[Ticket]):
    """Tickets. `now` is asked for every moment, so that histories of the past can be written too."""

    entity = TICKET

    def __init__(self, entity: Any = None, session: Session | None = None, now: Moment = utc_now) -> None:
        super().__init__(entity, session)
        self._now = now

    def now(self) -> datetime:
        """Whole seconds: the clocks count nothing finer."""
        return self._now().replace(microsecond=0)

    # -- making ----------------------------------------------------------------
    def check(self, typed: dict[str, Any], record: Ticket | None, actor: Actor) -> None:
        if record is not None and "owner_id" in typed and typed["owner_id"] != record.owner_id:
            raise InvalidValues({"owner_id": ASSIGN_THERE})
        self._check_contact(typed, record)
        queue_id = typed.get("queue_id")
        if queue_id and (record is None or queue_id != record.queue_id):
            queue = self.session.get(Queue, queue_id)
            if queue is None or not queue.active:
                raise InvalidValues({"queue_id": _l("There is no active queue of this name.")})

    def _check_contact(self, typed: dict[str, Any], record: Ticket | None) -> None:
        """The contact is one of the customer's; without a customer it names its own."""
        contact_id = typed.get("contact_id", record.contact_id if record else None)
        if not contact_id or not typed.keys() & {"contact_id", "customer_id"}:
            return
        contact: Any = self.session.get(get_entity("contact").model, contact_id)
        customer_id = typed.get("customer_id", record.customer_id if record else None)
        if contact is None:
            return  # refused at the flush, beside its field
        if customer_id is None:
            typed["customer_id"] = contact.customer_id
        elif contact.customer_id != customer_id:
            raise InvalidValues({"contact_id": _l("This person is a contact of another customer.")})

    def assign_owner(self, record: Ticket, typed: dict[str, Any], actor: Actor) -> None:
        """A ticket waits in its queue, except where its maker is already talking to the customer."""
        owner_id = typed.pop("owner_id", None)
        channel = typed.get("channel")
        if owner_id is None and channel is not None and channel.is_live:
            owner_id = actor.id
        if owner_id is not None and owner_id != actor.id and not actor.may(Right.TRANSFER, self.entity.name):
            raise InvalidValues({"owner_id": _l("You may not create records for somebody else.")})
        record.owner_id = owner_id
        if owner_id is not None:
            record.department_id = self.department_of(owner_id, actor)
        else:
            queue = self.session.get(Queue, typed["queue_id"]) if typed.get("queue_id") else self._default_queue(actor)
            if queue is not None:
                typed["queue_id"] = queue.id
            record.department_id = self._waiting_department(queue, actor)

    def _default_queue(self, actor: Actor) -> Queue | None:
        """The first queue of the maker's department, else the first that serves everybody."""
        usable = select(Queue).where(Queue.active.is_(True), (Queue.department_id == actor.department_id) | Queue.department_id.is_(None))
        return self.session.scalar(usable.order_by(Queue.department_id.is_(None), Queue.id).limit(1))

    def _waiting_department(self, queue: Queue | None, actor: Actor) -> int | None:
        """Who sees a ticket that nobody has taken."""
        return queue.department_id if queue is not None and queue.department_id is not None else actor.department_id

    def fill(self, record: Ticket, actor: Actor) -> None:
        for name in ("channel", "priority", "kind"):
            if getattr(record, name) is None:
                setattr(record, name, self.entity.field(name).default)
        record.reopen_count = record.transfer_count = 0
        record.status = TicketStatus.NEW
        now = self.now()
        ticket_clock.start_clocks(self.session, record, now)
        record.updated_at = now
        self._log(record, None, TicketStatus.NEW, actor, now)
        if record.owner_id is not None:
            record.status = TicketStatus.ASSIGNED
            self._log(record, TicketStatus.NEW, TicketStatus.ASSIGNED, actor, now)

    def updated(self, record: Ticket, changes: Changes, actor: Actor) -> None:
        if "priority" in changes:
            ticket_clock.retarget(self.session, record, self.now())
        if "queue_id" in changes and record.owner_id is None:
            queue = self.session.get(Queue, record.queue_id) if record.queue_id else None
            record.department_id = self._waiting_department(queue, actor)

    # -- who works on it -------------------------------------------------------
    def take(self, ticket_id: int, *, actor: Actor) -> Ticket:
        """Become the one who works on a waiting ticket; of several who try at once exactly one does."""
        ticket = self.get(ticket_id, actor=actor, right=Right.EDIT)
        now = self.now()
        waiting = update(Ticket).where(Ticket.id == ticket.id, Ticket.owner_id.is_(None), Ticket.status == TicketStatus.NEW)
        values = {
            "owner_id": actor.id,
            "department_id": actor.department_id,
            "status": TicketStatus.ASSIGNED,
            "version": Ticket.version + 1,
            "updated_at": now,
            "updated_by_id": actor.id,
        }
        done = self.session.execute(waiting.values(values).execution_options(synchronize_session=False))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise RuleViolation(TAKEN_MEANWHILE)
        self.session.expire(ticket)
        self._log(ticket, TicketStatus.NEW, TicketStatus.ASSIGNED, actor, now)
        record_change(self.session, actor, self.entity.name, ticket.id, "take", {"owner_id": (None, actor.id)})
        return ticket

    def assign(self, ticket_id: int, owner_id: int, *, actor: Actor, reason: str = "", version: int | None = None) -> Ticket:
        """Give a waiting ticket to somebody, or pass on one that is being worked on."""
        ticket = self._load(ticket_id, actor, version)
        if ticket.owner_id == owner_id:
            raise InvalidValues({"owner_id": _l("This person already works on the ticket.")})
        self._allow(ticket, TicketStatus.ASSIGNED, actor, reason=reason, has_owner=True)
        before, now = ticket.status, self.now()
        passed_on = ticket.owner_id is not None
        typed: dict[str, Any] = {"owner_id": owner_id}
        if passed_on:
            typed["transfer_count"] = ticket.transfer_count + 1
        ticket_clock.follow_status(ticket, TicketStatus.ASSIGNED, now)
        self._log(ticket, before, TicketStatus.ASSIGNED, actor, now, reason)
        self.change(ticket, typed, actor=actor, action="transfer")
        return ticket

    def transfer(self, record_id: int, owner_id: int, *, actor: Actor) -> Ticket:
        """The kit's word for handing a record over."""
        return self.assign(record_id, owner_id, actor=actor)

    # -- conversation ----------------------------------------------------------
    def reply(self, ticket_id: int, body: str, *, actor: Actor, public: bool = True, version: int | None = None) -> TicketMessage:
        """Answer the customer, or leave a note for colleagues; the first answer stops its clock."""
        ticket = self._load(ticket_id, actor, version)
        now = self.now()
        self._check_open_for(ticket, public)
        if public and ticket.status is TicketStatus.ASSIGNED and ticket.owner_id == actor.id:
            self._move(ticket, TicketStatus.IN_PROGRESS, actor, now)
        message = self._say(ticket, body, MessageDirection.OUTBOUND, public, actor, actor.name, now)
        if public:
            ticket_clock.answer_first(ticket, now)
        self._touch(ticket, actor, now)
        record_change(self.session, actor, self.entity.name, ticket.id, "reply" if public else "note")
        return message

    def receive(self, ticket_id: int, body: str, *, actor: Actor, author: str = "") -> TicketMessage:
        """Note what the customer said; a ticket that waited for the customer goes on."""
        ticket = self._load(ticket_id, actor, None)
        now = self.now()
        self._check_open_for(ticket, public=True)
        name = author or str(ticket.contact or ticket.customer or _l("Customer"))
        message = self._say(ticket, body, MessageDirection.INBOUND, True, actor, name, now)
        if ticket.status is TicketStatus.PENDING_CUSTOMER:
            self._move(ticket, TicketStatus.IN_PROGRESS, actor, now)
        self._touch(ticket, actor, now)
        record_change(self.session, actor, self.entity.name, ticket.id, "receive")
        return message

    def _check_open_for(self, ticket: Ticket, public: bool) -> None:
        if public and ticket.status in {TicketStatus.CLOSED, TicketStatus.CANCELLED}:
            raise RuleViolation(_l("This ticket is closed. Reopen it to go on with the conversation."))

    def _say(
        self, ticket: Ticket, body: str, direction: MessageDirection, public: bool, actor: Actor, author: str, now: datetime
    ) -> TicketMessage:
        text = self._read_text(TICKET_MESSAGE.field("body"), body, actor)
        message = TicketMessage(
            ticket_id=ticket.id, at=now, direction=direction, public=public, body=text, author_name=author[:130] or "—",
            created_by_id=actor.id, updated_by_id=actor.id,
        )  # fmt: skip
        self.session.add(message)
        return message

    def _read_text(self, field: Field, raw: str, actor: Actor) -> str:
        """A required text by the kit's own parser."""
        try:
            return str(self.read_one(field, raw, actor, None))
        except Unreadable as unreadable:
            raise InvalidValues({field.name: unreadable.sentence}) from unreadable

    # -- states ----------------------------------------------------------------
    def change_state(
        self,
        ticket_id: int,
        target: TicketStatus,
        *,
        actor: Actor,
        version: int | None = None,
        reason: str = "",
        resolution: str = "",
        cause: str | None = None,
    ) -> Ticket:
        """Move to a state that the table allows from the present one; otherwise nothing changes."""
        ticket = self._load(ticket_id, actor, version)
        if target is TicketStatus.ASSIGNED:
            raise InvalidValues({"owner_id": _l("Choose who works on it.")})
        self._allow(ticket, target, actor, reason=reason, resolution=resolution, cause=cause)
        if target is TicketStatus.RESOLVED:
            ticket.resolution = self._read_text(self.entity.field("resolution"), resolution, actor)
            ticket.cause = self._read_text(self.entity.field("cause"), cause or "", actor)
        before, now = ticket.status, self.now()
        if target is TicketStatus.RESOLVED:
            self._say(ticket, resolution, MessageDirection.OUTBOUND, True, actor, actor.name, now)
        self._move(ticket, target, actor, now, reason)
        record_change(self.session, actor, self.entity.name, ticket.id, "change_state", {"status": (before, target)})
        return ticket

    def resolve(self, ticket_id: int, resolution: str, cause: str, *, actor: Actor, version: int | None = None) -> Ticket:
        """Solved: what was done, and what the cause was."""
        return self.change_state(ticket_id, TicketStatus.RESOLVED, actor=actor, version=version, resolution=resolution, cause=cause)

    def reopen(self, ticket_id: int, reason: str, *, actor: Actor, version: int | None = None) -> Ticket:
        """It was not solved after all."""
        return self.change_state(ticket_id, TicketStatus.IN_PROGRESS, actor=actor, version=version, reason=reason)

    def offered(self, ticket: Ticket, actor: Actor) -> list[Transition]:
        """The moves this person can make now."""
        if not self.reaches(ticket, actor, Right.EDIT):
            return []
        return offered(ticket.status, self._given(ticket, actor))

    def is_visible(self, ticket_id: int) -> bool:
        """Whether it is still within this person's sight."""
        return self.session.scalar(select(Ticket.id).where(Ticket.id == ticket_id)) is not None

    # -- plumbing --------------------------------------------------------------
    def _load(self, ticket_id: int, actor: Actor, version: int | None) -> Ticket:
        ticket = self.get(ticket_id, actor=actor, right=Right.EDIT)
        if version is not None and ticket.version != version:
            raise StaleRecord(current=ticket.version)
        return ticket

    def _allow(self, ticket: Ticket, target: TicketStatus, actor: Actor, **brought: Any) -> None:
        no = refusal(ticket.status, target, self._given(ticket, actor, **brought))
        if no is not None:
            raise _as_error(no)

    def _given(self, ticket: Ticket, actor: Actor, **brought: Any) -> Given:
        since = self._in_this_state_since(ticket)
        return Given(
            parts=self._parts(ticket, actor), has_reply=self._has_reply_since(ticket, since), transfers=ticket.transfer_count,
            since=since, now=self.now(), **brought,
        )  # fmt: skip

    def _parts(self, ticket: Ticket, actor: Actor) -> frozenset[Part]:
        parts = {Part.AGENT}
        if actor.id is not None and ticket.owner_id == actor.id:
            parts.add(Part.ASSIGNEE)
        if self._leads(ticket, actor):
            parts.add(Part.LEAD)
        return frozenset(parts)

    def _leads(self, ticket: Ticket, actor: Actor) -> bool:
        """Administrators, who may delete the ticket, and the heads of its department and those above."""
        if actor.is_system or actor.is_administrator or self.reaches(ticket, actor, Right.DELETE):
            return True
        if ticket.department_id is None or actor.id is None:
            return False
        department = get_entity("department").model
        path = self.session.scalar(select(department.path).where(department.id == ticket.department_id)) or ""
        above = [int(part) for part in path.split("/") if part]
        return (
            self.session.scalar(select(department.id).where(department.id.in_(above), department.head_id == actor.id).limit(1)) is not None
        )

    def _in_this_state_since(self, ticket: Ticket) -> datetime:
        last = select(TicketTransition.at).where(TicketTransition.ticket_id == ticket.id)
        return self.session.scalar(last.order_by(TicketTransition.at.desc(), TicketTransition.id.desc()).limit(1)) or ticket.created_at

    def _has_reply_since(self, ticket: Ticket, since: datetime) -> bool:
        said = (TicketMessage.ticket_id == ticket.id, TicketMessage.public.is_(True), TicketMessage.direction == MessageDirection.OUTBOUND)
        return self.session.scalar(select(TicketMessage.id).where(*said, TicketMessage.at >= since).limit(1)) is not None

    def _move(self, ticket: Ticket, target: TicketStatus, actor: Actor, now: datetime, reason: str = "") -> None:
        """Enter a state with its clocks, and write down who did it."""
        before = ticket.status
        if before in {TicketStatus.RESOLVED, TicketStatus.CLOSED} and target is TicketStatus.IN_PROGRESS:
            ticket.reopen_count += 1
        if target is TicketStatus.IN_PROGRESS and ticket.accepted_at is None:
            ticket.accepted_at = now
        ticket_clock.follow_status(ticket, target, now)
        self._log(ticket, before, target, actor, now, reason)
        self._touch(ticket, actor, now)

    def _touch(self, ticket: Ticket, actor: Actor, now: datetime) -> None:
        ticket.updated_at, ticket.updated_by_id = now, actor.id
        self.flush({})

    def _log(self, ticket: Ticket, before: TicketStatus | None, after: TicketStatus, actor: Actor, now: datetime, reason: str = "") -> None:
        """Written with the ticket itself, which may be out of this person's sight a moment later."""
        move = TicketTransition(at=now, from_status=before, to_status=after, actor_name=actor.name, reason=reason.strip()[:500] or None)
        move.created_by_id = move.updated_by_id = actor.id
        ticket.transitions.add(move)


def _as_error(no: Refused) -> Exception:
    if no.right:
        return NotAllowed(no.sentence)
    return InvalidValues({no.field: no.sentence}) if no.field else RuleViolation(no.sentence)
