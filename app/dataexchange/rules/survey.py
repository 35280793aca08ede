"""How far the sheets of a workbook really reach, read from the cells themselves.

The parser builds a dense grid from the first to the last cell, so two cells at opposite corners of a tiny file would ask
for gigabytes; and it shows formula errors as empty cells. Both are found here, before it runs.
"""

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from app.dataexchange.rules.archives import unpack
from app.dataexchange.rules.problems import refuse

MAX_CELLS = 5_000_000
CELL = re.compile(rb"<(?:\w+:)?(?:(row)|c)(?=[\s/>])([^>]*)>")
REFERENCE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]{0,3})(\d{1,9})["']""")
IS_ERROR = re.compile(rb"""(?:^|\s)t\s*=\s*["']e["']""")
IS_TEXT = re.compile(rb"""(?:^|\s)t\s*=\s*["']str["']""")
WITHOUT_RESULT = re.compile(
    rb"""<(?:\w+:)?c(?=\s)([^>]*)>\s*<(?:\w+:)?f(?=[\s/>])(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
USUAL_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"(?: s="\d+")?(?: t="[a-zA-Z]+")?>')
USUAL_EMPTY = re.compile(rb'<c r="[A-Z]{1,3}\d{1,7}"(?: s="\d+")?\s?/>')
ENTITIES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
CELL_END = re.compile(rb"</(?:\w+:)?c>")
LONGEST_CELL = 1 << 20

Position = tuple[int, int]  # row and column from 1


@dataclass(slots=True)
class SheetSurvey:
    """The extent of one part of a workbook, and cells that would come out empty without being empty."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    broken: dict[Position, str] = field(default_factory=dict)  # code of the problem
    _row: int = 0
    _column: int = 0

    def check(self) -> None:
        if self.cells > MAX_CELLS or self.rows * self.columns > MAX_CELLS:
            raise refuse("too_many_cells", limit=MAX_CELLS)

    def start_row(self, number: int | None) -> None:
        self._row = number or self._row + 1
        self._column = 0

    def add_usual_cells(self, references: list[tuple[bytes, bytes]]) -> None:
        self.cells += len(references)
        self.rows = max(self.rows, max(map(int, {row for _, row in references})))
        self.columns = max(self.columns, max(map(_column_number, {column for column, _ in references})))
        last_column, last_row = references[-1]
        self._row, self._column = int(last_row), _column_number(last_column)

    def skip_cell(self, position: Position | None) -> None:
        """A cell that only carries a format: whole columns of them are common and cost nothing."""
        self._row, self._column = position or (self._row, self._column + 1)

    def add_cell(self, position: Position | None) -> Position:
        row, column = position or (self._row, self._column + 1)
        self._row, self._column = row, column
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)
        self.cells += 1
        return row, column


def survey_xlsx(path: Path, archive: zipfile.ZipFile) -> dict[str, SheetSurvey]:
    """Every part with cells, by its name in the archive. Any part may be a sheet: relations decide, not names."""
    surveys = {}
    with path.open("rb") as file:
        for entry in archive.infolist():
            survey = _survey_part(unpack(file, entry))
            if survey.cells:
                surveys[entry.filename] = survey
    return surveys


def _survey_part(pieces: Iterable[bytes]) -> SheetSurvey:
    survey, rest, first = SheetSurvey(), b"", True
    for piece in pieces:
        data = rest + piece
        if first and ENTITIES.search(data[:4096]):
            raise refuse("unsafe_archive")
        first = False
        cut = _last_cell_end(data)
        rest = data[cut:]
        _survey_cells(survey, data[:cut])
        survey.check()
        if len(rest) > LONGEST_CELL:
            rest = rest[-1024:]
    _survey_cells(survey, rest)
    survey.check()
    return survey


def _last_cell_end(data: bytes) -> int:
    """Just behind the last complete cell or tag: what is cut must never be half a cell."""
    start = max(data.rfind(b"</c>"), data.rfind(b":c>") - 8, 0)
    ends = [match.end() for match in CELL_END.finditer(data, start)]
    return ends[-1] if ends else (0 if b"<c" in data or b":c" in data else data.rfind(b">") + 1)


def _survey_cells(survey: SheetSurvey, data: bytes) -> None:
    """The usual notation is counted wholesale, five times faster; everything else cell by cell."""
    cells = USUAL_CELL.findall(data)
    plain = data.count(b"<c ") == len(cells) + len(USUAL_EMPTY.findall(data)) and not any(
        mark in data for mark in (b":c", b"<c>", b"<c/", b"<c\n", b"<c\t", b"<c\r", b't="e"', b":row")
    )
    if not plain:
        _survey_one_by_one(survey, data)
    elif cells:
        survey.add_usual_cells(cells)
    for match in WITHOUT_RESULT.finditer(data) if b"<f" in data or b":f" in data else ():
        reference = REFERENCE.search(match.group(1))
        if reference and not IS_TEXT.search(match.group(1)):
            survey.broken[_position(reference)] = "formula_without_result"


def _survey_one_by_one(survey: SheetSurvey, data: bytes) -> None:
    for match in CELL.finditer(data):
        is_row, attributes = match.group(1), match.group(2)
        reference = REFERENCE.search(attributes)
        if is_row:
            survey.start_row(int(reference.group(2)) if reference else None)
            continue
        position = _position(reference) if reference else None
        if attributes.endswith(b"/"):
            survey.skip_cell(position)
        elif IS_ERROR.search(attributes):
            survey.broken[survey.add_cell(position)] = "formula_error"
        else:
            survey.add_cell(position)


def _position(reference: re.Match[bytes]) -> Position:
    return int(reference.group(2)), _column_number(reference.group(1))


def _column_number(letters: bytes) -> int:
    """`AB` → 28."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "


class _OpenDocumentSurvey:
    """Follows the tables of content.xml; repeated rows and columns count as often as they repeat."""

    def __init__(self) -> None:
        self.sheets: list[SheetSurvey] = []
        self.row = self.column = self.row_repeat = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.EntityDeclHandler = self.entity

    def entity(self, *_arguments: object) -> None:
        raise refuse("unsafe_archive")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == TABLE + "table":
            self.sheets.append(SheetSurvey())
            self.row = 0
        elif name == TABLE + "table-row":
            self.row_repeat = _repeat(attributes, "number-rows-repeated")
            self.column = 0
        elif name in (TABLE + "table-cell", TABLE + "covered-table-cell") and self.sheets:
            first, self.column = self.column + 1, self.column + _repeat(attributes, "number-columns-repeated")
            if name == TABLE + "covered-table-cell":
                self.cover(first)
            if OFFICE + "value-type" in attributes:
                self.sheets[-1].add_cell((self.row + self.row_repeat, self.column))
                self.sheets[-1].check()

    def cover(self, first: int) -> None:
        """Cells hidden under a merged one; their value stands in another cell."""
        covered = [
            (row, column)
            for row in range(self.row + 1, self.row + min(self.row_repeat, 1000) + 1)
            for column in range(first, min(self.column, first + 1000) + 1)
        ]
        self.sheets[-1].broken |= dict.fromkeys(covered, "merged_cell")
        if len(self.sheets[-1].broken) > MAX_CELLS:
            raise refuse("unsafe_archive")

    def end(self, name: str) -> None:
        if name == TABLE + "table-row":
            self.row += self.row_repeat


def _repeat(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(TABLE + name, "1")
    return min(int(text), 1 << 24) if text.isdecimal() else 1


def survey_ods(path: Path, archive: zipfile.ZipFile) -> list[SheetSurvey]:
    """The sheets of an OpenDocument workbook in their order."""
    found = _OpenDocumentSurvey()
    try:
        entry = archive.getinfo("content.xml")
        with path.open("rb") as file:
            for piece in unpack(file, entry):
                found.parser.Parse(piece, False)
            found.parser.Parse(b"", True)
    except (KeyError, expat.ExpatError) as error:
        raise refuse("damaged") from error
    return found.sheets
