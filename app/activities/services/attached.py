"""What follow-ups and tasks share: they hang on a record that their maker can see, and carry its name."""

from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Actor, Right
from app.core.entity import Entity, find_entity
from app.core.errors import InvalidValues, NotFound
from app.core.i18n import _l
from app.core.models.record import Attached, Owned
from app.core.services.records import EntityService

M = TypeVar("M", bound=Any)


def find_anchor(session: Session, name: str | None, record_id: int | None, actor: Actor) -> tuple[Entity, Any]:
    """The record something is to hang on, if the actor can see it; else NotFound, as for records that do not exist."""
    anchor = find_entity(name or "")
    if anchor is None or not can_carry(anchor) or not actor.may(Right.VIEW, anchor.name):
        raise NotFound()
    record = session.scalar(select(anchor.model).where(anchor.model.id == record_id))
    if record is None:
        raise NotFound()
    return anchor, record


def can_carry(entity: Entity) -> bool:
    """Whether things can be attached to records of this entity."""
    return issubclass(entity.model, Owned) and not issubclass(entity.model, Attached)


class AttachedService(EntityService[M]):
    """The record a thing hangs on is chosen when it is made and stays."""

    must_hang = True

    def check(self, typed: dict[str, Any], record: M | None, actor: Actor) -> None:
        if record is not None:
            self._check_stays(typed, record)
            return
        self.anchor: tuple[Entity, Any] | None = None
        if typed.get("entity") or typed.get("record_id"):
            try:
                self.anchor = find_anchor(self.session, typed.get("entity"), typed.get("record_id"), actor)
            except NotFound as error:
                raise InvalidValues({"record_id": error.sentence}) from error
        elif self.must_hang:
            raise InvalidValues({"record_id": _l("Choose the record this belongs to.")})

    def _check_stays(self, typed: dict[str, Any], record: M) -> None:
        moved = [name for name in ("entity", "record_id") if name in typed and typed[name] != getattr(record, name)]
        if moved:
            raise InvalidValues({moved[0]: _l("This stays with the record it was made for.")})

    def fill(self, record: M, actor: Actor) -> None:
        if self.anchor is not None:
            record.about = self.anchor[1].title[:200]
