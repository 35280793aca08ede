"""One way to read any table: choose sheet, encoding, dialect and header row, then walk its rows in flat memory."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from app.core.i18n import Text, _l
from app.dataexchange.rules.delimited import Dialect, Record, detect_dialect, read_records
from app.dataexchange.rules.encodings import Candidate, rank_encodings
from app.dataexchange.rules.files import MAX_COLUMNS, MAX_ROWS, FileKind, Inspected
from app.dataexchange.rules.problems import Problem, problem, refuse
from app.dataexchange.rules.workbooks import Cell, Sheet, open_sheet, read_sheet

HEADER_SEARCH = 30
NUMBER_LIKE = re.compile(r"[-+(]?[¥￥$€£]?\s?\d[\d.,'\s%:/\-年月日T]*\)?(?:\s?[AP]M)?", re.IGNORECASE)
QUESTION_MARKS = re.compile(r"[?？\ufffd\s]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table; `header` is what the file says, `label` what is shown."""

    number: int  # from 1
    header: str
    label: Text
    lost: bool = False  # the file says "??": its name was destroyed by a wrong encoding


@dataclass(frozen=True, slots=True)
class Row:
    """A row of values, exactly as wide as the table has columns."""

    number: int  # as a spreadsheet program counts it
    cells: tuple[Cell, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person chose; None leaves it to detection. Header row 0 means that there is none."""

    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header_row: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """An opened table with everything that was chosen or detected, to be shown before anything is imported."""

    file: Inspected
    columns: tuple[Column, ...]
    header_row: int
    header_certain: bool
    second_header_row: int | None = None
    sheet: str | None = None
    sheets: tuple[Sheet, ...] = ()
    encoding: str | None = None
    encodings: tuple[Candidate, ...] = ()
    dialect: Dialect = field(default_factory=Dialect)

    def rows(self) -> Iterator[Row]:
        """The data rows; blank ones are passed over, ragged ones keep their values in place and carry a problem."""
        width, seen = len(self.columns), 0
        for record in _records(self.file, self.sheet, self.encoding, self.dialect):
            if record.number <= self.header_row or (_is_blank(record.cells) and not _hides_something(record)):
                continue
            seen += 1
            if seen > MAX_ROWS:
                raise refuse("too_many_rows", limit=MAX_ROWS)
            yield _fit(record, width)

    def preview(self, count: int = 20) -> list[Row]:
        """The first rows."""
        return list(islice(self.rows(), count))


def open_table(file: Inspected, reading: Reading | None = None) -> Table:
    """Detect what was not chosen and read the header; Refused when there is no table."""
    chosen = reading or Reading()
    sheets: tuple[Sheet, ...] = ()
    encodings: tuple[Candidate, ...] = ()
    sheet = encoding = None
    dialect = Dialect()
    if file.kind is FileKind.TEXT:
        encodings = tuple(rank_encodings(file.path))
        encoding = chosen.encoding or encodings[0].encoding
        dialect = _dialect(file, encoding, chosen)
        head: list[Record[Any]] = list(islice(read_records(file.path, encoding, dialect), HEADER_SEARCH))
    else:
        sheets, sheet, head = open_sheet(file, chosen.sheet, HEADER_SEARCH)
    if not any(not _is_blank(record.cells) for record in head):
        raise refuse("no_rows")
    header_row, certain = _find_header(head) if chosen.header_row is None else (chosen.header_row, True)
    columns = _columns(head, header_row, ragged=file.kind is FileKind.TEXT)
    if len(columns) > MAX_COLUMNS:
        raise refuse("too_many_columns", limit=MAX_COLUMNS)
    table = Table(file, columns, header_row, certain, None, sheet, sheets, encoding, encodings, dialect)
    return replace(table, second_header_row=_second_header(head, header_row))


def _records(file: Inspected, sheet: str | None, encoding: str | None, dialect: Dialect) -> Iterator[Record[Any]]:
    if file.kind is FileKind.TEXT:
        return read_records(file.path, encoding or "utf-8", dialect)
    return read_sheet(file, sheet or "")


def _dialect(file: Inspected, encoding: str, chosen: Reading) -> Dialect:
    try:
        found = detect_dialect(file.path, encoding)
    except LookupError as error:
        raise refuse("undecodable_file", encoding=encoding) from error
    return replace(found, delimiter=chosen.delimiter or found.delimiter, quote=chosen.quote or found.quote)


def _is_blank(cells: Sequence[Any]) -> bool:
    return not any(cell is not None and (not isinstance(cell, str) or cell.strip()) for cell in cells)


def _hides_something(record: Record[Any]) -> bool:
    """A row that only looks blank because its formulas have no result."""
    return any(found.code.startswith("formula_") for found in record.problems)


def _fit(record: Record[Any], width: int) -> Row:
    """Surplus empty values are dropped; surplus or missing real ones are a problem of the row, never a shift."""
    cells = record.cells
    while len(cells) > width and not str(cells[-1]).strip():
        cells = cells[:-1]
    problems = record.problems
    if len(cells) > width:
        problems += (problem("too_many_values", count=len(cells), expected=width),)
    elif len(cells) < width:
        problems += (problem("too_few_values", count=len(cells), expected=width),)
        cells = [*cells, *[""] * (width - len(cells))]
    return Row(record.number, tuple(cells[:width]), problems)


def _is_text(cell: Any) -> bool:
    return isinstance(cell, str) and bool(cell.strip()) and not NUMBER_LIKE.fullmatch(cell.strip())


def _find_header(head: list[Record[Any]]) -> tuple[int, bool]:
    """The first row about as wide as the table; certain when all its values are text and what follows is not.

    A table without header gets row 0: its first row looks like the ones below it, number for number.
    """
    filled = {record.number: sum(not _is_blank([cell]) for cell in record.cells) for record in head}
    usual = Counter(count for count in filled.values() if count).most_common()
    width = max(count for count, times in usual if times == usual[0][1])
    wide_enough = [record for record in head if filled[record.number] >= max(1, 0.6 * width)]
    first, below = wide_enough[0], wide_enough[1:]
    texts = [_is_text(cell) for cell in first.cells if not _is_blank([cell])]
    if all(texts):
        distinct = len({str(cell).strip() for cell in first.cells if not _is_blank([cell])}) == len(texts)
        followed = any(not _is_text(cell) for record in below for cell in record.cells if not _is_blank([cell]))
        return first.number, bool(below) and (followed or (distinct and len(texts) >= 3))
    if below and all(_same_kind(first, record) for record in below[:5]):
        return 0, False
    return first.number, False


def _same_kind(one: Record[Any], other: Record[Any]) -> bool:
    """Whether numbers stand in the same columns of both rows."""
    pairs = [(a, b) for a, b in zip(one.cells, other.cells, strict=False) if not _is_blank([a]) and not _is_blank([b])]
    return bool(pairs) and all(_is_text(a) == _is_text(b) for a, b in pairs)


def _second_header(head: list[Record[Any]], header_row: int) -> int | None:
    """A row of text right below the header in columns that hold numbers from then on, as in bilingual exports."""
    below = [record for record in head if record.number > header_row and not _is_blank(record.cells)]
    if header_row == 0 or len(below) < 4:
        return None
    numeric = [
        index
        for index in range(len(below[0].cells))
        if sum(index < len(r.cells) and bool(str(r.cells[index]).strip()) and not _is_text(r.cells[index]) for r in below[1:])
        >= 0.8 * (len(below) - 1)
    ]
    return below[0].number if len(numeric) >= 2 and all(_is_text(below[0].cells[i]) for i in numeric) else None


def _columns(head: list[Record[Any]], header_row: int, *, ragged: bool) -> tuple[Column, ...]:
    """Named after the header; empty names are numbered, repeated ones too."""
    header: list[Any] = next((record.cells for record in head if record.number == header_row), [])
    if header_row == 0 or not ragged:
        widths = Counter(len(record.cells) for record in head if not _is_blank(record.cells))
        width = max(widths, key=lambda value: (widths[value], value)) if header_row == 0 else max(widths, default=0)
    else:
        width = len(header)
        while width and not str(header[width - 1]).strip() and not _used(head, header_row, width - 1):
            width -= 1
    names = [_header_text(header[index]) if index < len(header) else "" for index in range(width)]
    seen: Counter[str] = Counter()
    columns = []
    for number, name in enumerate(names, start=1):
        lost = bool(name) and bool(QUESTION_MARKS.fullmatch(name))
        label: Text = name if name and not lost else _l("Column %(number)s", number=number)
        if name and not lost:
            seen[name.casefold()] += 1
            if seen[name.casefold()] > 1:
                label = f"{name} ({seen[name.casefold()]})"
        columns.append(Column(number, name, label, lost))
    return tuple(columns)


def _used(head: list[Record[Any]], header_row: int, index: int) -> bool:
    return any(index < len(r.cells) and str(r.cells[index]).strip() for r in head if r.number > header_row)


def _header_text(cell: Any) -> str:
    """One line; a year typed as a number loses the `.0` of its storage."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())
