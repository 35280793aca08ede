"""Finding the choice or dictionary term that a file's word means, and making new terms of new words."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.entity import get_entity
from app.core.fields import Field
from app.core.i18n import Text
from app.core.services.dictionaries import terms
from app.core.services.records import service_of
from app.dataexchange.rules.likeness import nearest
from app.dataexchange.rules.problems import excerpt, problem
from app.dataexchange.rules.term_keys import term_key
from app.dataexchange.rules.values import fold
from app.dataexchange.services.fields import TERMS, told, words_of

LONGEST_NAME = 100


class WordFinder:
    """Resolves words to the keys of one choice or dictionary field, in all languages."""

    def __init__(self, session: Session, field: Field, actor: Actor) -> None:
        self.session, self.field, self.actor = session, field, actor
        self.words = words_of(field)

    def look_up(self, texts: Iterable[str]) -> None:
        """Words are few: all of them are known."""

    def find(self, text: str) -> tuple[str | None, Text | None]:
        """(key, None), or (None, why not)."""
        key = self.words.get(fold(text))
        if key is None:
            return None, told(problem("not_a_choice", None, value=excerpt(text)))
        return (self.field.choices(key) if self.field.choices is not None else key), None

    def is_unknown(self, text: str) -> bool:
        return fold(text) not in self.words

    def create(self, text: str) -> str:
        """A new term of that name in both languages."""
        dictionary = str(self.field.dictionary)
        known = terms(self.session, dictionary)
        key = term_key(text, known)
        name = " ".join(text.split())[:LONGEST_NAME]
        values = {"dictionary": dictionary, "key": key, "name_zh": name, "name_en": name, "position": (len(known) + 1) * 10}
        service_of(get_entity(TERMS)).create(values, actor=self.actor)
        self.words[fold(text)] = key
        return key

    def nearest(self, text: str) -> list[tuple[str, str]]:
        """[(key, label)] of words that may have been meant."""
        labels = self.labels()
        return [(key, labels[key]) for key in nearest(text, self.words) if key in labels]

    def labels(self) -> dict[str, str]:
        """{key: label} of everything that can be chosen."""
        if self.field.choices is not None:
            return {key: str(label) for key, label in self.field.choices.options()}
        return {key: term.label for key, term in terms(self.session, str(self.field.dictionary)).items() if term.active}
