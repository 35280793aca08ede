"""Text tables: which sign separates, which quotes, and their records one by one in flat memory."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Generic, TextIO, TypeVar

from app.dataexchange.rules.files import MAX_BYTES, MAX_CELL
from app.dataexchange.rules.problems import Problem, excerpt, problem

DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 64 * 1024
SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
SPACE_BEFORE_QUOTE = re.compile(r'[,;|] +"')
SINGLE_QUOTED = re.compile(r"(?:^|[,;\t|])'[^'\r\n]*'(?=[,;\t|\r\n]|$)", re.MULTILINE)
SUSPECT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ud800-\udfff]|锟斤拷|烫烫烫")
LOST = re.compile("\ufffd|锟斤拷|烫烫烫")
Cell = TypeVar("Cell")
UNDECODED = "\udcff"  # a character no file can contain, unlike U+FFFD, which tells of an earlier loss
DOS_END = "\x1a"

# a cell of 300,000 characters must become an error of its row, not of the whole file
csv.field_size_limit(2 * MAX_BYTES)
codecs.register_error("mark-undecoded", lambda error: (UNDECODED, error.end))  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text table is written."""

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    space_before_quote: bool = False  # `1, "two, three"`
    separator_line: bool = False  # the file begins with Excel's "sep=;"

    def reader(self, lines: Iterable[str], *, strict: bool = False) -> Iterator[list[str]]:
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            escapechar=self.escape,
            skipinitialspace=self.space_before_quote,
            strict=strict,
        )


@dataclass(frozen=True, slots=True)
class Record(Generic[Cell]):
    """One row as it stands in the file, counted from 1 as spreadsheet programs count."""

    number: int
    cells: list[Cell]
    problems: tuple[Problem, ...] = ()


def open_text(path: Path, encoding: str) -> TextIO:
    """Undecodable bytes become a mark, which the reader reports with its row."""
    return path.open(encoding=encoding, errors="mark-undecoded", newline="")


def detect_dialect(path: Path, encoding: str) -> Dialect:
    """The dialect under which the rows agree best on their number of values."""
    with open_text(path, encoding) as file:
        text = file.read(SAMPLE).removeprefix("\ufeff")
    stated = SEPARATOR_LINE.match(text)
    if stated:
        return Dialect(delimiter=stated.group(1), separator_line=True)
    if len(text) == SAMPLE:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
    spaced = bool(SPACE_BEFORE_QUOTE.search(text))
    choices = product(_possible_quotes(text), DELIMITERS)
    candidates = [Dialect(delimiter, quote, space_before_quote=spaced) for quote, delimiter in choices]
    best = max(candidates, key=lambda dialect: _agreement(text, dialect))
    if '\\"' in text or "\\'" in text:
        # only where it makes more rows agree: elsewhere a backslash is part of a path
        escaping = replace(best, escape="\\")
        if _agreement(text, escaping)[0] > _agreement(text, best)[0]:
            return escaping
    return best


def _possible_quotes(text: str) -> list[str]:
    singles = len(SINGLE_QUOTED.findall(text))
    return ['"', "'"] if singles > 1 and '"' not in text else ['"']


def _agreement(text: str, dialect: Dialect) -> tuple[float, int]:
    """Share of rows with the commonest width, judged worse when that width is one; then the width itself."""
    lines = io.StringIO(text, newline="")
    widths = Counter(len(cells) for cells in dialect.reader(lines) if any(cells))
    if not widths:
        return 0.0, 0
    width, rows = max(widths.items(), key=lambda item: (item[1], item[0]))
    share = rows / sum(widths.values())
    if width == 1:
        return share / 2 if len(widths) > 1 else 0.3, 1
    return share, width


class _Lines:
    """The lines of a file, remembering those of the record being read."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.of_record: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self.file:
            self.of_record.append(line)
            yield line


def read_records(path: Path, encoding: str, dialect: Dialect) -> Iterator[Record[str]]:
    """Every record with what is wrong in its characters; one record is held at a time."""
    with open_text(path, encoding) as file:
        lines = _Lines(file)
        if dialect.separator_line:
            file.readline()
        previous: Record[str] | None = None
        of_previous: list[str] = []
        for number, cells in enumerate(dialect.reader(lines), start=1):
            if previous:
                yield previous
            of_previous, lines.of_record = lines.of_record, []
            if number == 1 and cells:
                cells[0] = cells[0].removeprefix("\ufeff")
            problems = _check_characters(cells)
            if problems:
                cells = [cell.replace(UNDECODED, "\ufffd") for cell in cells]
            previous = Record(number, cells, problems)
        if previous and previous.cells != [DOS_END]:
            yield _check_closed(previous, of_previous, dialect)


def _check_closed(record: Record[str], lines: list[str], dialect: Dialect) -> Record[str]:
    """A quote that is never closed swallows the rest of the file into the last record."""
    try:
        list(dialect.reader(lines, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            return Record(record.number, record.cells, (problem("unclosed_quote"),))
    return record


def _check_characters(cells: list[str]) -> tuple[Problem, ...]:
    text = "\n".join(cells)
    if len(text) <= MAX_CELL and not SUSPECT.search(text):
        return ()
    return tuple(found for column, cell in enumerate(cells, start=1) if (found := check_text(cell, column)))


def check_text(cell: str, column: int) -> Problem | None:
    """What keeps this text from being stored as it was meant."""
    if len(cell) > MAX_CELL:
        return problem("cell_too_long", column, count=len(cell), limit=MAX_CELL)
    suspect = SUSPECT.search(cell)
    if suspect is None:
        return None
    if LOST.search(cell):
        return problem("lost_characters", column, excerpt=excerpt(cell))
    if UNDECODED in cell:
        return problem("undecodable", column, excerpt=excerpt(cell.replace(UNDECODED, "\ufffd")))
    return problem("control_characters", column)
