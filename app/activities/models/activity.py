"""Follow-ups: what was said and done with a customer, and what comes next."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from app.core import fields
from app.core.choices import Choice
from app.core.entity import SavedView, Section, entity
from app.core.i18n import _l
from app.core.models.record import Attached, Owned
from app.core.types import utc_now


class ActivityKind(Choice):
    """How people were in touch; a note is for ourselves."""

    CALL = "call", _l("Call"), "green"
    VISIT = "visit", _l("Visit"), "blue"
    MEETING = "meeting", _l("Meeting"), "purple"
    EMAIL = "email", _l("Mail"), "cyan"
    FAX = "fax", _l("Fax"), "secondary"
    MESSAGE = "message", _l("Message"), "teal"
    WEB = "web", _l("Web"), "azure"
    NOTE = "note", _l("Note"), "yellow"

    @property
    def is_contact(self) -> bool:
        """Whether the customer took part."""
        return self is not ActivityKind.NOTE


class Direction(Choice):
    """Who got in touch with whom."""

    OUTBOUND = "outbound", _l("By us"), "blue"
    INBOUND = "inbound", _l("By the customer"), "green"


class Activity(Owned, Attached):
    """A follow-up on any owned record; seen by whoever sees that record."""

    __tablename__ = "activity"
    __table_args__ = (
        Index(None, "at", "id"),
        Index(None, "owner_id", "at", "id"),
        Index(None, "entity", "record_id", "at", "id"),
    )

    kind: Mapped[ActivityKind] = fields.choice(
        ActivityKind, _l("Kind"), required=True, default=ActivityKind.CALL, synonyms=("跟进方式", "type")
    )
    direction: Mapped[Direction | None] = fields.choice(Direction, _l("Direction"))
    subject: Mapped[str] = fields.text(_l("Subject"), 200, required=True, synonyms=("主题", "title"))
    at: Mapped[datetime] = fields.moment(_l("When"), required=True, default=utc_now, synonyms=("跟进时间", "date"))
    duration: Mapped[int | None] = fields.integer(_l("Duration in minutes"), maximum=10_000)
    about: Mapped[str | None] = fields.text(_l("About"), 200, readonly=True)
    body: Mapped[str | None] = fields.long_text(_l("Outcome"), synonyms=("跟进内容", "notes"))
    next_step: Mapped[str | None] = fields.text(_l("Next step"), 200)
    next_follow_up_on: Mapped[date | None] = fields.date(_l("Next follow-up"))


ACTIVITY = entity(
    Activity,
    label=_l("Follow-up"),
    plural=_l("Follow-ups"),
    description=_l("Calls, visits, meetings and messages, on the record they are about."),
    icon="activity",
    path="/activities",
    columns=("subject", "kind", "about", "at", "owner_id", "next_step", "next_follow_up_on"),
    sections=(
        Section(_l("Follow-up"), ("kind", "direction", "subject", "at", "duration", "body")),
        Section(_l("What comes next"), ("next_step", "next_follow_up_on")),
    ),
    carried=("entity", "record_id"),
    facts=("kind", "direction", "at", "duration", "owner_id"),
    search=("subject", "about"),
    sort="-at",
    filters=("kind", "at", "owner_id"),
    views=(
        SavedView("mine", _l("Mine"), ("owner_id:eq:me",)),
        SavedView("calls", _l("Calls"), ("kind:eq:call",)),
        SavedView("visits", _l("Visits"), ("kind:eq:visit",)),
    ),
    state="kind",
)
