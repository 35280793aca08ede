"""Which column of a file is which field: exact names first, similar ones only as suggestions."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

TAKEN_FROM = 93.0  # one wrong letter in a long name; anything less like it is only suggested
SUGGESTED_FROM = 65.0
MOST_SUGGESTIONS = 3
NOISE = re.compile(r"[\W_]+")
BRACKETS = re.compile(r"[(\[【〔<].*?[)\]】〕>]")
CUSTOM_FIELD = re.compile(r"__[cr]$", re.IGNORECASE)


class How(StrEnum):
    """Why a column was given to a field."""

    REMEMBERED = "remembered"  # as in an earlier import
    LABEL = "label"
    NAME = "name"
    SYNONYM = "synonym"
    SIMILAR = "similar"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Target:
    """A field as headers may call it: its name, its labels in every language, and further words."""

    name: str
    labels: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A field that a header resembles."""

    target: str
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """What became of one column; `suggestions` are fields still free that resemble it."""

    column: int  # from 1
    header: str
    target: str | None
    how: How
    score: float = 0.0
    suggestions: tuple[Suggestion, ...] = ()


def normalise(header: str) -> str:
    """`  客户_名称 ` → `客户名称`, `E-Mail*` → `email`, `ｐｈｏｎｅ` → `phone`."""
    text = unicodedata.normalize("NFKC", header).removeprefix("\ufeff").strip()
    return NOISE.sub("", CUSTOM_FIELD.sub("", text)).casefold()


def _forms(header: str) -> list[str]:
    """The header, and the header without its unit or remark: `Amount (CNY)` → `amountcny`, `amount`."""
    bare = BRACKETS.sub("", unicodedata.normalize("NFKC", header))
    return list(dict.fromkeys(form for form in (normalise(header), normalise(bare)) if form))


def match_headers(headers: Sequence[str], targets: Sequence[Target], remembered: Mapping[str, str] | None = None) -> list[Match]:
    """A field for every column that clearly names one; each field is given once, to the clearest column."""
    known = {target.name for target in targets}
    chosen: dict[int, Match] = {}

    def give(column: int, target: str, how: How, score: float) -> None:
        taken = {match.target for match in chosen.values()}
        if column not in chosen and target not in taken:
            chosen[column] = Match(column, headers[column - 1], target, how, score)

    earlier = {normalise(header): target for header, target in (remembered or {}).items() if target in known}
    for column, header in enumerate(headers, start=1):
        if normalise(header) in earlier:
            give(column, earlier[normalise(header)], How.REMEMBERED, 100.0)
    for how, names in _exact_names(targets):
        for form in (0, 1):  # a bare name must not take what another column names in full
            for column, header in enumerate(headers, start=1):
                forms = _forms(header)
                if form < len(forms) and forms[form] in names:
                    give(column, names[forms[form]], how, 100.0)
    likely = sorted(_similar(headers, targets, chosen), key=lambda found: -found[2])
    for column, target, score in likely:
        rivals = [other for of, other, likeness in likely if of == column and likeness >= score and other != target]
        if score >= TAKEN_FROM and not rivals:
            give(column, target, How.SIMILAR, score)
    return [chosen.get(n) or _unmatched(n, header, likely, chosen) for n, header in enumerate(headers, start=1)]


def _exact_names(targets: Iterable[Target]) -> list[tuple[How, dict[str, str]]]:
    """Normalised name → field, in the order of authority; a word that names two fields names neither."""
    by_kind: list[tuple[How, dict[str, str]]] = []
    for how, words in ((How.LABEL, "labels"), (How.NAME, "name"), (How.SYNONYM, "synonyms")):
        owners: dict[str, set[str]] = {}
        for target in targets:
            value = getattr(target, words)
            for word in (value,) if isinstance(value, str) else value:
                owners.setdefault(normalise(word), set()).add(target.name)
        by_kind.append((how, {word: names.pop() for word, names in owners.items() if word and len(names) == 1}))
    return by_kind


def _similar(headers: Sequence[str], targets: Iterable[Target], chosen: Mapping[int, Match]) -> list[tuple[int, str, float]]:
    taken = {match.target for match in chosen.values()}
    free = [target for target in targets if target.name not in taken]
    found = []
    for column, header in enumerate(headers, start=1):
        forms = _forms(header)
        if column in chosen or not forms:
            continue
        for target in free:
            words = {normalise(word) for word in (target.name, *target.labels, *target.synonyms)} - {""}
            score = max((_likeness(form, word) for form in forms for word in words), default=0.0)
            if score >= SUGGESTED_FROM:
                found.append((column, target.name, round(score, 1)))
    return found


def _likeness(one: str, other: str) -> float:
    """0–100. A word inside a longer one is a hint (电话 in 公司电话), never proof."""
    score = fuzz.ratio(one, other)
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= 2 and shorter in longer:
        score = max(score, 75.0)
    return score


def _unmatched(column: int, header: str, likely: Iterable[tuple[int, str, float]], chosen: Mapping[int, Match]) -> Match:
    taken = {match.target for match in chosen.values()}
    options = [Suggestion(target, score) for of, target, score in likely if of == column and target not in taken]
    return Match(column, header, None, How.NONE, suggestions=tuple(options[:MOST_SUGGESTIONS]))
