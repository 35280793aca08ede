"""What a check leaves for a person to decide: formats that a column does not give away, words that nobody knows."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from app.dataexchange.services.references import RecordFinder
from app.dataexchange.services.words import WordFinder

MOST_WORDS = 500  # of one field; a column with more of them goes to the wrong field
SHOWN_WORDS = 50
EXAMPLES = 3
LONGEST_WORD = 200


class Findings:
    """Collects while rows are read."""

    def __init__(self) -> None:
        self.unknown: dict[str, Counter[str]] = defaultdict(Counter)
        self.new: dict[str, Counter[str]] = defaultdict(Counter)
        self.open: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))

    def note_unknown(self, field: str, text: str) -> None:
        """A word that means nothing here."""
        _count(self.unknown[field], text)

    def note_new(self, field: str, text: str) -> None:
        """A word of which a record or term will be made."""
        _count(self.new[field], text)

    def note_open(self, field: str, part: str, cell: Any) -> None:
        """A cell that reads in two ways."""
        examples = self.open[field][part]
        if len(examples) < EXAMPLES and (text := str(cell)[:LONGEST_WORD]) not in examples:
            examples.append(text)

    def as_kept(self, finders: Mapping[str, RecordFinder | WordFinder]) -> dict[str, Any]:
        """As it is kept with the job: the frequent words first, each with what may have been meant."""
        return {
            "unknown": {
                field: [
                    {"text": text, "rows": count, "nearest": [[value, label] for value, label in finders[field].nearest(text)]}
                    for text, count in words.most_common(SHOWN_WORDS)
                ]
                for field, words in self.unknown.items()
            },
            "unknown_count": {field: len(words) for field, words in self.unknown.items()},
            "new": {field: [[text, count] for text, count in words.most_common(SHOWN_WORDS)] for field, words in self.new.items()},
            "new_count": {field: len(words) for field, words in self.new.items()},
            "open": {field: dict(parts) for field, parts in self.open.items()},
        }


def _count(words: Counter[str], text: str) -> None:
    if len(text) <= LONGEST_WORD and (text in words or len(words) < MOST_WORDS):
        words[text] += 1
