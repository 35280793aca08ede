"""What an import can fill: the entity's writable fields under every name that a file may use."""

from collections.abc import Iterable

from app.core.actor import Actor, Right
from app.core.entity import Entity, get_entity
from app.core.fields import Field, Kind
from app.core.i18n import LANGUAGES, LazyString, Text, force_locale
from app.core.services.dictionaries import terms
from app.core.services.records import service_of
from app.dataexchange.rules.headers import Target
from app.dataexchange.rules.problems import Problem
from app.dataexchange.rules.values import choice_words
from app.extensions import db

TERMS = "dictionary_entry"
NUMBER = "number"  # given by us and never by a file, but a file may name records by it


def import_fields(entity: Entity, actor: Actor) -> dict[str, Field]:
    """{name: field} that this person may fill from a file."""
    found = {f.name: f for f in service_of(entity).import_fields()}
    if entity.has_number:
        found[NUMBER] = entity.field(NUMBER)
    if not actor.may(Right.TRANSFER, entity.name):
        found.pop("owner_id", None)
    return found


def header_targets(fields: Iterable[Field]) -> list[Target]:
    """The fields as the header matching knows them: labels in every language, and synonyms."""
    return [Target(f.name, _in_all_languages(f.label), f.synonyms) for f in fields]


def _in_all_languages(text: object) -> tuple[str, ...]:
    spoken = []
    for language in LANGUAGES:
        with force_locale(language):
            spoken.append(str(text))
    return tuple(dict.fromkeys(spoken))


def words_of(field: Field) -> dict[str, str]:
    """{folded word: key} of a choice or dictionary, in all languages."""
    if field.kind is Kind.CHOICE and field.choices is not None:
        return choice_words((key, _in_all_languages(label)) for key, label in field.choices.options())
    if field.kind is Kind.DICTIONARY:
        known = terms(db.session(), str(field.dictionary))
        return choice_words((key, (term.name_zh, term.name_en)) for key, term in known.items() if term.active)
    return {}


def told(problem: Problem) -> Text:
    """A problem's sentence, made only when somebody reads it, in that person's language."""
    return LazyString(lambda: problem.sentence)


def creatable(fields: Iterable[Field], actor: Actor) -> set[str]:
    """Names of the fields whose unknown words may be made into records or terms by this person."""
    found = set()
    for field in fields:
        target = str(field.target) if field.kind is Kind.REFERENCE else TERMS if field.kind is Kind.DICTIONARY else None
        if target is not None and actor.may(Right.CREATE, target) and (target == TERMS or _is_made_by_name(get_entity(target))):
            found.add(field.name)
    return found


def _is_made_by_name(entity: Entity) -> bool:
    """Whether a name alone makes such a record: nothing else is required of it."""
    if "create_named" in vars(type(service_of(entity))):
        return True
    names = {"name", "name_zh", "name_en"}
    needed = {f.name for f in entity.fields.values() if f.required and not f.readonly and f.default is None}
    return bool(names & entity.fields.keys()) and needed <= names
