"""The dictionary as an entity: the kit owns the table, administrators its rows."""

from app.core.actor import Right
from app.core.entity import Section, entity
from app.core.i18n import _l
from app.core.models.dictionary import DictionaryEntry

DICTIONARY = entity(
    DictionaryEntry,
    label=_l("Dictionary entry"),
    plural=_l("Dictionaries"),
    description=_l("Levels, industries, sources, reasons and other terms people choose from."),
    icon="book-2",
    path="/dictionaries",
    columns=("name_zh", "name_en", "dictionary", "key", "position", "active"),
    sections=(Section(_l("Entry"), ("dictionary", "key", "name_zh", "name_en", "position", "color", "active")),),
    search=("name_zh", "name_en", "key"),
    filters=("dictionary", "active"),
    sort="dictionary",
    rights=(Right.VIEW, Right.CREATE, Right.EDIT),  # retired rather than deleted: records keep their keys
)
# Configuration belongs to the system menu wherever its table is kept.
DICTIONARY.domain = "security"
