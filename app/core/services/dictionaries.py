"""Dictionary terms: looking them up by key, once per request or job step."""

from dataclasses import dataclass

from flask import g, has_app_context
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.i18n import pick
from app.core.models.dictionary import DictionaryEntry


@dataclass(frozen=True, slots=True)
class Term:
    """A dictionary entry, detached from any session."""

    key: str
    name_zh: str
    name_en: str
    color: str | None
    active: bool

    @property
    def label(self) -> str:
        return pick(self.name_zh, self.name_en)


Terms = dict[str, dict[str, Term]]


def _load(session: Session) -> Terms:
    columns = (
        DictionaryEntry.dictionary,
        DictionaryEntry.key,
        DictionaryEntry.name_zh,
        DictionaryEntry.name_en,
        DictionaryEntry.color,
        DictionaryEntry.active,
    )
    loaded: Terms = {}
    ordered = select(*columns).order_by(DictionaryEntry.dictionary, DictionaryEntry.position, DictionaryEntry.id)
    for name, key, zh, en, color, active in session.execute(ordered):
        loaded.setdefault(name, {})[key] = Term(key, zh, en, color, active)
    return loaded


def terms(session: Session, dictionary: str) -> dict[str, Term]:
    """{key: Term} of one dictionary in its order; all dictionaries are read in one statement and kept for the request."""
    if not has_app_context():
        return _load(session).get(dictionary, {})
    if "dictionaries" not in g:
        g.dictionaries = _load(session)
    return g.dictionaries.get(dictionary, {})


def forget_terms() -> None:
    """After a dictionary has been changed in this request."""
    if has_app_context():
        g.pop("dictionaries", None)
