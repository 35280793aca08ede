"""Finding the records that a file names: by number, code or name; an ambiguous name is an error, never the first hit."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import func, inspect, or_, select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.entity import Entity
from app.core.i18n import Text, _l
from app.core.services.records import service_of
from app.dataexchange.rules.likeness import nearest
from app.dataexchange.rules.values import fold

SMALL = 5_000  # up to here a table is read once; beyond, only the names of a batch are looked up
NOISE = re.compile(r"[\s._\-/]+")
KEY_FIELDS = ("external_id", "number", "username", "email", "code", "key", "sku", "name", "name_zh", "name_en", "short_name")


@lru_cache(maxsize=20_000)
def folded(text: str) -> str:
    """GTX Pro, gtx-pro and ＧＴＸＰＲＯ are the same name."""
    return NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()


class RecordFinder:
    """Resolves names to ids of one entity, within what the importer sees."""

    def __init__(self, session: Session, entity: Entity, actor: Actor) -> None:
        self.session = session
        self.entity = entity
        self.actor = actor
        self.keys = [k for k in KEY_FIELDS if hasattr(entity.model, k) and k in entity.fields]
        self.ids: dict[str, set[int]] = defaultdict(set)
        self.titles: dict[int, str] = {}
        self.complete = False
        self.complete = self._read_all()

    def _read_all(self) -> bool:
        """Small tables are read once."""
        model = self.entity.model
        few = self.session.scalar(select(func.count()).select_from(select(model.id).limit(SMALL + 1).subquery())) or 0
        if few > SMALL:
            return False
        self.remember(self.session.scalars(select(model)))
        return True

    def remember(self, records: Iterable[Any]) -> None:
        """Records that can be named from now on; too many of them are no longer kept in mind."""
        for record in records:
            if self.complete and len(self.titles) > 2 * SMALL:
                self.complete = False
                self.ids.clear()
                self.titles.clear()
            names = {str(getattr(record, key)) for key in self.keys if getattr(record, key)}
            names.add(str(record))
            if hasattr(record, "first_name"):
                names |= {f"{record.first_name} {record.last_name}", f"{record.last_name}{record.first_name}"}
            self.titles[record.id] = str(record)
            for name in names:
                self.ids[folded(name)].add(record.id)

    def look_up(self, texts: Iterable[str]) -> None:
        """Read the records that a batch names, when the table is too large to be known by heart."""
        if self.complete:
            return
        self.ids.clear()
        self.titles.clear()
        wanted = {spelling for text in texts if text for spelling in _spellings(text)}
        # only columns with an index: a walk over a big table for every batch would never end
        columns = [getattr(self.entity.model, key) for key in self.keys if _is_indexed(self.entity, key)]
        if wanted and columns:
            self.remember(self.session.scalars(select(self.entity.model).where(or_(*(column.in_(wanted) for column in columns)))))

    def find(self, text: str) -> tuple[int | None, Text | None]:
        """(id, None), or (None, why not)."""
        found = self.ids.get(folded(text))
        if not found:
            return None, _l("There is no %(what)s “%(text)s”.", what=self.entity.label, text=text[:60])
        if len(found) > 1:
            return None, _l("“%(text)s” means several records: use a number instead.", text=text[:60])
        return next(iter(found)), None

    def is_unknown(self, text: str) -> bool:
        """Whether nothing is called that; an ambiguous name is known too well."""
        return not self.ids.get(folded(text))

    def create(self, text: str) -> int:
        """A new record of that name, through the entity's service."""
        record = service_of(self.entity).create_named(text, actor=self.actor)
        self.remember([record])
        return int(record.id)

    def nearest(self, text: str) -> list[tuple[int, str]]:
        """[(id, title)] of records that may have been meant."""
        if not self.complete:
            return []
        by_title = {fold(title): record_id for record_id, title in self.titles.items()}
        return [(record_id, self.titles[record_id]) for record_id in nearest(text, by_title)]


def _spellings(text: str) -> set[str]:
    """As it is written, and in the cases that people and programs use."""
    plain = " ".join(text.split())
    return {text, plain, plain.lower(), plain.upper(), plain.title()}


def _is_indexed(entity: Entity, name: str) -> bool:
    """Whether an index begins with this column."""
    table = inspect(entity.model).local_table
    return bool(table.c[name].unique) or any(next(iter(index.columns)).name == name for index in table.indexes)
