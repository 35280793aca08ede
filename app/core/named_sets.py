"""Sets of keys that grow with the program: which kinds of record and which dictionaries there are, in words."""

from collections.abc import Callable

from app.core.entity import entities
from app.core.fields import Field
from app.core.i18n import Text, _
from app.core.models.record import Attached

_COLORS = ("blue", "cyan", "green", "yellow", "orange", "red", "pink", "purple", "secondary")


def words_of(field: Field) -> dict[str, str]:
    """{key: word} of a field with a named set, else nothing."""
    return {key: str(word) for key, word in _SETS[field.named_set]().items()} if field.named_set else {}


def _record_kinds() -> dict[str, Text]:
    """What people own comes first: that is what follow-ups, tasks and files hang on."""
    return {e.name: e.label for e in sorted(entities(), key=lambda e: not e.is_owned) if not issubclass(e.model, Attached)}


def _dictionaries() -> dict[str, Text]:
    """A dictionary is called after the first field that draws from it."""
    words: dict[str, Text] = {}
    for entity in entities():
        for field in entity.fields.values():
            if field.dictionary:
                words.setdefault(field.dictionary, f"{entity.label} · {field.label}")
    return words


def _colors() -> dict[str, Text]:
    words = (_("Blue"), _("Turquoise"), _("Green"), _("Yellow"), _("Orange"), _("Red"), _("Pink"), _("Purple"), _("Grey"))
    return dict(zip(_COLORS, words, strict=True))


_SETS: dict[str, Callable[[], dict[str, Text]]] = {"record_kinds": _record_kinds, "dictionaries": _dictionaries, "colors": _colors}
