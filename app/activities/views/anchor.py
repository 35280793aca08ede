"""The record that a follow-up, a task or a file hangs on, as a link for whoever may open it."""

from dataclasses import dataclass

from app.activities.services.attached import find_anchor
from app.core.actor import Actor
from app.core.entity import get_entity
from app.core.errors import NotFound
from app.core.i18n import Text
from app.core.models.record import Attached
from app.core.presentation import record_url
from app.extensions import db


@dataclass(frozen=True)
class AnchorLink:
    """What it is about: the kind of record, its name, and the address if it may be opened."""

    label: Text
    title: str
    icon: str
    url: str | None


def anchor_link(attached: Attached, actor: Actor) -> AnchorLink | None:
    """The link, or only the name that was kept when the record itself cannot be seen (any more)."""
    if attached.entity is None:
        return None
    try:
        entity, record = find_anchor(db.session(), attached.entity, attached.record_id, actor)
    except NotFound:
        entity = get_entity(attached.entity)
        return AnchorLink(entity.label, str(getattr(attached, "about", "") or ""), entity.icon, None)
    return AnchorLink(entity.label, record.title, entity.icon, record_url(entity, record.id))
