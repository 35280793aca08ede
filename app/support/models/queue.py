"""Queues: where tickets wait for somebody of a department to take them."""

from typing import Any

from sqlalchemy.orm import Mapped, relationship

from app.core import fields
from app.core.entity import CONFIGURATION_RIGHTS, Related, Section, entity
from app.core.i18n import _l
from app.core.models.record import Bilingual, Record


class Queue(Bilingual, Record):
    """Its department sees the tickets in it that nobody has taken yet."""

    __tablename__ = "queue"

    department_id: Mapped[int | None] = fields.reference(
        "department", _l("Department"), help=_l("Its people see and take the tickets of this queue.")
    )
    active: Mapped[bool] = fields.boolean(_l("Active"), default=True)

    department: Mapped[Any] = relationship("Department", foreign_keys=[department_id])


QUEUE = entity(
    Queue,
    label=_l("Queue"),
    plural=_l("Queues"),
    description=_l("Where tickets wait until somebody of the department takes them."),
    icon="inbox",
    path="/queues",
    columns=("name_zh", "name_en", "department_id", "active"),
    sections=(Section(_l("Queue"), ("name_zh", "name_en", "department_id", "active")),),
    search=("name_zh", "name_en"),
    sort="id",
    filters=("department_id", "active"),
    related=(Related("ticket", "queue_id"),),
    rights=CONFIGURATION_RIGHTS,
)
