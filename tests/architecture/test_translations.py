"""Everything the product says, it says in both languages."""

import re
from collections.abc import Iterator

import pytest
from flask_babel import force_locale

from app.core.entity import entities
from app.core.i18n import LazyString
from tools.translations import LANGUAGES, extract, read_catalogue

PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%")
CHINESE = re.compile(r"[一-鿿]")
# Names that are the same in both languages.
UNTRANSLATED = {"API", "SKU", "URL", "CSV", "XLSX"}


def texts(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()


@pytest.fixture(scope="module")
def template():
    return extract()


def test_the_code_has_texts(template):
    assert len(template) > 500


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language, template):
    catalogue = read_catalogue(language)
    missing = []
    for message in template:
        if not message.id:
            continue
        translated = catalogue.get(message.id, message.context)
        if translated is None or translated.fuzzy or not all(texts(translated.string)) or not texts(translated.string):
            missing.append(message.id)
    assert not missing, f"run `make translations` and translate {len(missing)} texts"


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_placeholders(language):
    different = []
    for message in read_catalogue(language):
        wanted = set(PLACEHOLDERS.findall(texts(message.id)[-1])) if message.id else set()
        for string in texts(message.string) if message.id else ():
            if set(PLACEHOLDERS.findall(string)) != wanted:
                different.append((message.id, string))
    assert not different


def test_chinese_is_chinese():
    """A translation that repeats the English was forgotten."""
    english = [m.id for m in read_catalogue("zh") if m.id and not CHINESE.search("".join(texts(m.string)))]
    assert not [text for text in english if text not in UNTRANSLATED and not str(text).startswith("Unicode (")]


def labels() -> Iterator[tuple[str, object]]:
    for entity in entities():
        yield f"{entity.name} label", entity.label
        yield f"{entity.name} plural", entity.plural
        for name, field in entity.fields.items():
            yield f"{entity.name}.{name}", field.label
            for member in field.choices or ():
                yield f"{entity.name}.{name}: {member}", member.label
        for section in entity.sections:
            yield f"{entity.name} section", section.label
        for view in entity.views:
            yield f"{entity.name} view {view.key}", view.label


def test_every_label_speaks_both_languages(app):
    with app.test_request_context():
        assert not [where for where, label in labels() if not isinstance(label, LazyString)]
        with force_locale("zh"):
            silent = {where: str(label) for where, label in labels() if not CHINESE.search(str(label))}
        with force_locale("en"):
            assert not {where: str(label) for where, label in labels() if CHINESE.search(str(label))}
    assert set(silent.values()) <= UNTRANSLATED, silent
