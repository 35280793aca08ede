"""Which known word an unknown one was probably meant to be, for asking, never for deciding."""

from collections.abc import Mapping
from typing import TypeVar

from rapidfuzz import fuzz, process

from app.dataexchange.rules.values import fold

V = TypeVar("V")

LIKELY_FROM = 60.0
MOST = 3


def nearest(text: str, words: Mapping[str, V], most: int = MOST) -> list[V]:
    """The values of the words that resemble the text, the likeliest first, each once."""
    found = process.extract(fold(text), words.keys(), scorer=fuzz.ratio, limit=4 * most, score_cutoff=LIKELY_FROM)
    return list(dict.fromkeys(words[word] for word, _score, _index in found))[:most]
