"""Pipelines: the ways a company sells, each with stages of its own."""

from sqlalchemy.orm import Mapped

from app.core import fields
from app.core.entity import CONFIGURATION_RIGHTS, Section, entity
from app.core.i18n import _l
from app.core.models.record import Bilingual, Record


class Pipeline(Bilingual, Record):
    """An ordered set of stages; exactly one pipeline is the default."""

    __tablename__ = "pipeline"

    key: Mapped[str] = fields.text(
        _l("Key"), 40, required=True, unique=True, help=_l("Small letters, digits and _; stays when the name changes.")
    )
    position: Mapped[int] = fields.integer(_l("Position"), required=True, default=10)
    is_default: Mapped[bool] = fields.boolean(_l("Default"), help=_l("New opportunities start here."))
    active: Mapped[bool] = fields.boolean(_l("Active"), default=True)


PIPELINE = entity(
    Pipeline,
    label=_l("Pipeline"),
    plural=_l("Pipelines"),
    description=_l("The ways you sell; each has stages of its own."),
    icon="route",
    path="/pipelines",
    columns=("name_zh", "name_en", "key", "position", "is_default", "active"),
    sections=(Section(_l("Pipeline"), ("name_zh", "name_en", "key", "position", "is_default", "active")),),
    facts=("key", "is_default", "active"),
    search=("name_zh", "name_en", "key"),
    sort="position",
    filters=("active",),
    rights=CONFIGURATION_RIGHTS,
)
