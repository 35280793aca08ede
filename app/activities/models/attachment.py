"""Attachments: files on any record, kept by their content."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from app.core import fields
from app.core.actor import Right
from app.core.entity import entity
from app.core.i18n import _l
from app.core.models.record import Attached


class Attachment(Attached):
    """The name a file came with, and the fingerprint under which its bytes are stored."""

    __tablename__ = "attachment"
    __table_args__ = (Index(None, "sha256"),)

    name: Mapped[str] = fields.text(_l("File name"), 200, required=True, readonly=True)
    size: Mapped[int] = fields.integer(_l("Size in bytes"), required=True, readonly=True)
    content_type: Mapped[str] = fields.text(_l("Type"), 100, required=True, readonly=True)
    sha256: Mapped[str] = fields.text(_l("Fingerprint"), 64, required=True, readonly=True)


ATTACHMENT = entity(
    Attachment,
    label=_l("File"),
    plural=_l("Files"),
    description=_l("Files on the records they belong to."),
    icon="paperclip",
    path="/attachments",
    columns=("name", "content_type", "size", "created_by_id", "created_at"),
    search=("name",),
    sort="-created_at",
    rights=(Right.VIEW, Right.CREATE, Right.DELETE),
    in_menu=False,
)
