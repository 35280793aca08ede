"""Dictionary entries: keys stay, and a key in use cannot go."""

from typing import Any

from app.core.actor import Actor
from app.core.errors import InvalidValues
from app.core.i18n import _l
from app.core.models.dictionary import DictionaryEntry
from app.core.rules.keys import is_key
from app.core.services.audit import Changes
from app.core.services.dictionaries import forget_terms
from app.core.services.records import EntityService
from app.security.models import DICTIONARY


class DictionaryService(EntityService[DictionaryEntry]):
    """Terms are retired rather than deleted: records keep their keys."""

    entity = DICTIONARY

    def check(self, typed: dict[str, Any], record: DictionaryEntry | None, actor: Actor) -> None:
        for name in ("dictionary", "key"):
            if name in typed and not is_key(typed[name]):
                raise InvalidValues({name: _l("Small letters, digits and underscores only.")})
            if record is not None and name in typed and typed[name] != getattr(record, name):
                raise InvalidValues({name: _l("This stays as it is: records refer to it.")})

    def created(self, record: DictionaryEntry, actor: Actor) -> None:
        forget_terms()

    def updated(self, record: DictionaryEntry, changes: Changes, actor: Actor) -> None:
        forget_terms()
