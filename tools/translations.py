"""Bring the catalogues up to date with the texts of the product, and say what a translator has to do.

python tools/translations.py
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "N_": None}
LANGUAGES = ("zh",)  # English is what the code itself says
PLURALS = {"zh": "nplurals=1; plural=0;"}
HEADER = "# Texts of Kehu CRM in the language %s.\n# Made and kept up to date by tools/translations.py; translate by hand between two runs."


def extract() -> Catalog:
    """Every translatable text of the code, the templates and the framework's own pages that we use."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    template = Catalog(project="Kehu CRM", copyright_holder="the Kehu CRM authors", fuzzy=False)
    for folder in ("app", "translations"):
        for name, line, texts, comments, context in extract_from_dir(
            str(ROOT / folder), _below(folder, methods), _below_options(folder, options), KEYWORDS, ["Translators:"]
        ):
            template.add(texts, None, [(f"{folder}/{name}", line)], auto_comments=comments, context=context)
    return template


def _below(folder: str, methods: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The mapping's patterns that lie in a folder, relative to it."""
    return [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods if pattern.startswith(f"{folder}/")]


def _below_options(folder: str, options: dict) -> dict:
    return {pattern.removeprefix(f"{folder}/"): value for pattern, value in options.items() if pattern.startswith(f"{folder}/")}


def catalogue_path(language: str) -> Path:
    return ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"


def read_catalogue(language: str) -> Catalog:
    """The catalogue as it is kept, or an empty one."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language)
    return read_po(BytesIO(path.read_bytes()), locale=language)


def untranslated(catalogue: Catalog) -> Iterator[Message]:
    """Messages without a translation in every plural form, or with a guessed one."""
    for message in catalogue:
        if not message.id:
            continue
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy or not all(strings):
            yield message


def update(language: str, template: Catalog) -> Catalog:
    """Take over new texts, drop those that are gone, keep no guesses."""
    catalogue = read_catalogue(language)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    catalogue.project, catalogue.version = "Kehu CRM", "0.1"
    catalogue.header_comment = HEADER % language
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = BytesIO()
    # Line numbers would make every commit touch the catalogue.
    write_po(made, catalogue, width=0, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    path.write_bytes(_without_dates(made.getvalue()))
    return catalogue


def _without_dates(content: bytes) -> bytes:
    """Dates and addresses in the header only make changes without meaning."""
    dull = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Last-Translator', b'"Language-Team', b'"Report-Msgid-Bugs-To', b'"Generated-By')
    return b"".join(line for line in content.splitlines(keepends=True) if not line.startswith(dull))


def main() -> int:
    template = extract()
    missing = 0
    for language in LANGUAGES:
        waiting = list(untranslated(update(language, template)))
        print(f"{language}: {len(template)} texts, {len(waiting)} to translate")
        for message in waiting:
            print(f"  {message.locations[0][0] if message.locations else '-'}: {message.id!r}")
        missing += len(waiting)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
