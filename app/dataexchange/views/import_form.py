"""The one form of an import: from its fields to decisions, and from decisions to its fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.entity import get_entity
from app.core.fields import Field, Kind
from app.core.i18n import Text, _l
from app.dataexchange.models import ImportJob, ImportMode
from app.dataexchange.services.findings import LONGEST_WORD
from app.dataexchange.services.plan import DECISIONS
from app.dataexchange.services.words import WordFinder
from app.extensions import db

LEAVE_EMPTY = "~"  # no key and no id looks like this
LARGEST_ID = 2**63 - 1
QUESTIONS: dict[str, Text] = {
    "date_order": _l("In which order do day and month stand?"),
    "decimal_sign": _l("Which sign stands before the decimal places?"),
    "percent_is_fraction": _l("Are these percentages or fractions?"),
}
ANSWERS: dict[str, Text] = {
    "ymd": _l("Year, month, day: 26-01-31"),
    "dmy": _l("Day, month, year: 31-01-26"),
    "mdy": _l("Month, day, year: 01-31-26"),
    ".": _l("A point: 1,234.50"),
    ",": _l("A comma: 1.234,50"),
    "percent": _l("Percentages: 0.5 means 0.5 %"),
    "fraction": _l("Fractions: 0.5 means 50 %"),
}


def read_mapping(form: MultiDict[str, str]) -> dict[str, str]:
    """{column number: field}; columns without a field are left out."""
    return {name.removeprefix("column-"): value for name, value in form.items() if name.startswith("column-") and value}


def read_reading(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was chosen instead of what had been detected."""
    header_row = form.get("header_row", "")
    return {
        "sheet": form.get("sheet") or None,
        "encoding": form.get("encoding") or None,
        "delimiter": form.get("delimiter") or None,
        "header_row": int(header_row) if header_row.isascii() and header_row.isdigit() and len(header_row) < 5 else None,
    }


def read_options(form: MultiDict[str, str], fields: Mapping[str, Field]) -> dict[str, Any]:
    """Mode, match, switches, and the answers to what a check has asked."""
    values: dict[str, dict[str, Any]] = {}
    formats: dict[str, dict[str, str]] = {}
    for name, answer in form.items():
        kind, _colon, rest = name.partition(":")
        field, _second, what = rest.partition(":")
        if not answer or field not in fields:
            continue
        if kind == "value" and len(what) <= LONGEST_WORD:
            meant = _read_answer(fields[field], answer)
            if meant is not None:
                values.setdefault(field, {})[what] = meant
        elif kind == "format" and answer in DECISIONS.get(what, ()):
            formats.setdefault(field, {})[what] = answer
    return {
        "mode": form.get("mode") if form.get("mode") in dict(ImportMode.options()) else ImportMode.CREATE.value,
        "match": form.get("match") or None,
        "whole": form.get("whole") == "true",
        "second_header": form.get("second_header") == "true" if "has_second_header" in form else True,
        "create_missing": sorted(name for name in form.getlist("create_missing") if name in fields),
        "values": values,
        "formats": formats,
    }


def _read_answer(field: Field, answer: str) -> Any:
    """ "" for “leave empty”, the id of a record, or the key of a word; None when it makes no sense."""
    if answer == LEAVE_EMPTY:
        return ""
    if field.kind is Kind.REFERENCE:
        return int(answer) if answer.isascii() and answer.isdigit() and 0 < int(answer[:20]) <= LARGEST_ID else None
    return answer


@dataclass(frozen=True)
class Word:
    """A text of the file that means nothing here (any more), with what it may mean."""

    text: str
    rows: int | None
    nearest: list[tuple[str, str]]
    answer: str  # as the form has it
    answer_label: str = ""


@dataclass(frozen=True)
class Question:
    """All words of one field that somebody has to explain."""

    field: Field
    words: list[Word]
    more: int  # words beyond those that are shown
    options: list[tuple[str, str]]  # everything that can be chosen, when it is few; otherwise there is a picker
    picker: str | None
    may_create: bool
    new: list[tuple[str, int]]
    new_count: int


def word_questions(job: ImportJob, fields: Mapping[str, Field], actor: Any, may_create: set[str]) -> list[Question]:
    """What the check asks, and what has been answered before."""
    found = job.findings or {}
    answers: dict[str, dict[str, Any]] = job.options.get("values", {})
    mapped = set(job.mapping.values())
    questions = []
    for name in [n for n in fields if n in mapped]:
        unknown = found.get("unknown", {}).get(name, [])
        new = [(text, count) for text, count in found.get("new", {}).get(name, [])]
        if not (unknown or new or answers.get(name)):
            continue
        field = fields[name]
        asked = [_word(field, w["text"], w["rows"], w["nearest"], answers.get(name, {})) for w in unknown]
        known = {w["text"] for w in unknown}
        asked += [_word(field, text, None, [], answers[name]) for text in answers.get(name, {}) if text not in known]
        is_reference = field.kind is Kind.REFERENCE
        questions.append(
            Question(
                field=field,
                words=asked,
                more=found.get("unknown_count", {}).get(name, 0) - len(unknown),
                options=[] if is_reference else list(WordFinder(db.session(), field, actor).labels().items()),
                picker=f"{get_entity(str(field.target)).path}/options" if is_reference else None,
                may_create=name in may_create,
                new=new,
                new_count=found.get("new_count", {}).get(name, 0),
            )
        )
    return questions


def _word(field: Field, text: str, rows: int | None, nearest: list[list[Any]], answers: Mapping[str, Any]) -> Word:
    answer = answers.get(text)
    shown = "" if answer is None else LEAVE_EMPTY if answer == "" else str(answer)
    label = ""
    if field.kind is Kind.REFERENCE and isinstance(answer, int):
        record = db.session.get(get_entity(str(field.target)).model, answer)
        label = str(record) if record is not None else shown
    return Word(text, rows, [(str(value), label_) for value, label_ in nearest], shown, label)


@dataclass(frozen=True)
class OpenFormat:
    """A part of a column's format that its cells do not give away."""

    field: Field
    part: str
    question: Text
    examples: list[str]
    options: list[tuple[str, Text]]
    answer: str


def format_questions(job: ImportJob, fields: Mapping[str, Field]) -> list[OpenFormat]:
    """What the check could not decide, and what has been decided before."""
    asked: dict[tuple[str, str], list[str]] = {}
    for name, parts in job.options.get("formats", {}).items():
        asked |= {(name, part): [] for part in parts}
    for name, parts in (job.findings or {}).get("open", {}).items():
        asked |= {(name, part): examples for part, examples in parts.items()}
    return [
        OpenFormat(
            fields[name], part, QUESTIONS[part], examples, [(choice, ANSWERS[choice]) for choice in DECISIONS[part]],
            job.options.get("formats", {}).get(name, {}).get(part, ""),
        )
        for (name, part), examples in asked.items()
        if name in fields and part in QUESTIONS
    ]  # fmt: skip
