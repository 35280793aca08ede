"""Service levels: how soon tickets of a priority are answered and solved, around the clock."""

from sqlalchemy.orm import Mapped

from app.core import fields
from app.core.entity import CONFIGURATION_RIGHTS, Section, entity
from app.core.i18n import _l
from app.core.models.record import Bilingual, Record
from app.support.models.ticket import Priority


class SlaPolicy(Bilingual, Record):
    """One per priority; minutes run 24 hours on 7 days."""

    __tablename__ = "sla_policy"

    priority: Mapped[Priority] = fields.choice(Priority, _l("Priority"), required=True, unique=True)
    first_response_minutes: Mapped[int] = fields.integer(_l("First response within (minutes)"), required=True, minimum=1, maximum=525_600)
    resolution_minutes: Mapped[int] = fields.integer(_l("Resolution within (minutes)"), required=True, minimum=1, maximum=525_600)
    active: Mapped[bool] = fields.boolean(_l("Active"), default=True)


SLA_POLICY = entity(
    SlaPolicy,
    label=_l("Service level"),
    plural=_l("Service levels"),
    description=_l("How soon tickets of each priority are answered and solved. New tickets use them; tickets that exist keep theirs."),
    icon="clock-hour-4",
    path="/service-levels",
    columns=("name_zh", "name_en", "priority", "first_response_minutes", "resolution_minutes", "active"),
    sections=(Section(_l("Service level"), ("name_zh", "name_en", "priority", "first_response_minutes", "resolution_minutes", "active")),),
    search=("name_zh", "name_en"),
    sort="priority",
    filters=("priority", "active"),
    rights=CONFIGURATION_RIGHTS,
    state="priority",
)
