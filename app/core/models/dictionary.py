"""Dictionaries: lists of terms that an administrator may rename, order and retire."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from app.core import fields
from app.core.i18n import _l
from app.core.models.record import Bilingual, Record


class DictionaryEntry(Bilingual, Record):
    """One term; records keep its stable key."""

    __tablename__ = "dictionary_entry"
    __table_args__ = (UniqueConstraint("dictionary", "key"),)

    dictionary: Mapped[str] = fields.text(_l("Dictionary"), 40, required=True, named_set="dictionaries")
    key: Mapped[str] = fields.text(_l("Key"), 40, required=True, help=_l("Stable; stored in the records. Renaming an entry keeps it."))
    position: Mapped[int] = fields.integer(_l("Position"), required=True, default=0)
    color: Mapped[str | None] = fields.text(_l("Colour"), 20, named_set="colors")
    active: Mapped[bool] = fields.boolean(_l("Active"), default=True)
