"""Attachments: taking files in and finding their bytes again."""

import unicodedata
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select

from app.activities.models import ATTACHMENT, Attachment
from app.activities.services import storage
from app.activities.services.attached import find_anchor
from app.core.actor import Actor, Right
from app.core.errors import InvalidValues, NotFound
from app.core.i18n import _l
from app.core.services.audit import record_change
from app.core.services.records import EntityService

LONGEST_NAME = 200


class AttachmentService(EntityService[Attachment]):
    """Files of a record."""

    entity = ATTACHMENT

    def create(self, values: Any, *, actor: Actor) -> Attachment:
        """Files come through `upload` only: a row without bytes would be a lie."""
        raise InvalidValues({"": _l("Upload the file on the page of its record.")})

    def upload(self, entity: str, record_id: int, stream: IO[bytes], name: str, *, actor: Actor) -> Attachment:
        """A file on a record that the actor can see; the bytes are safe before the row is written."""
        self.require(Right.CREATE, actor)
        find_anchor(self.session, entity, record_id, actor)
        name = plain_name(name)
        stored = storage.store(stream, name)
        typed = {
            "entity": entity,
            "record_id": record_id,
            "name": name,
            "size": stored.size,
            "sha256": stored.sha256,
            "content_type": stored.content_type,
        }
        attachment = self.add(typed, actor=actor)
        record_change(self.session, actor, entity, record_id, "attach", {"file": (None, name)})
        return attachment

    def open(self, attachment_id: int, *, actor: Actor) -> tuple[Attachment, Path]:
        """The row and its bytes, for whoever can see the record it hangs on."""
        attachment = self.get(attachment_id, actor=actor)
        path = storage.path_of(attachment.sha256)
        if not path.is_file():
            raise NotFound(_l("The content of this file is missing on the server. Ask your administrator to restore it."))
        return attachment, path

    def of_record(self, entity: str, record_id: int, *, actor: Actor) -> list[Attachment]:
        """The files of a record, newest first."""
        find_anchor(self.session, entity, record_id, actor)
        mine = (Attachment.entity == entity, Attachment.record_id == record_id)
        return list(
            self.session.scalars(select(Attachment).where(*mine).order_by(Attachment.created_at.desc(), Attachment.id.desc()).limit(200))
        )

    def deleted(self, record: Attachment, actor: Actor) -> None:
        record_change(self.session, actor, str(record.entity), record.record_id, "detach", {"file": (record.name, None)})


def plain_name(name: str) -> str:
    """The last part of a name, without path, control or direction characters; its ending is kept."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs"}).strip(" .")
    if len(kept) > LONGEST_NAME:
        stem, dot, ending = kept.rpartition(".")
        kept = f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}" if dot and len(ending) < 20 else kept[:LONGEST_NAME]
    return kept or "file"
