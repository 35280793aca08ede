"""Workbooks: their sheets, and the rows of one with true numbers and dates."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from app.dataexchange.rules.delimited import Record, check_text
from app.dataexchange.rules.files import FileKind, Inspected
from app.dataexchange.rules.problems import Problem, problem, refuse
from app.dataexchange.rules.relations import parts_of_sheets
from app.dataexchange.rules.survey import MAX_CELLS

Cell = str | int | float | bool | date | datetime | time | timedelta
Broken = dict[int, list[tuple[int, str]]]  # row → (column, code), both from 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that can be chosen."""

    name: str
    hidden: bool


@contextmanager
def _opened(file: Inspected) -> Iterator[CalamineWorkbook]:
    """The parser's failures, its panics included, become one sentence."""
    try:
        # the parser trusts the ending of a name, which may lie; a stream has none
        with file.path.open("rb") as stream, load_workbook(stream) as workbook:
            yield workbook
    except PasswordError as error:
        raise refuse("encrypted") from error
    except (CalamineError, OSError) as error:
        raise refuse("damaged") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise refuse("damaged") from error
        raise


def open_sheet(file: Inspected, chosen: str | None, count: int) -> tuple[tuple[Sheet, ...], str, list[Record[Cell]]]:
    """All sheets, the name of the chosen one (else the first visible with rows), and its first rows."""
    with _opened(file) as workbook:
        sheets = tuple(
            Sheet(sheet.name, hidden=sheet.visible is not SheetVisibleEnum.Visible)
            for sheet in workbook.sheets_metadata
            if sheet.typ is SheetTypeEnum.WorkSheet
        )
        if chosen is not None:
            return sheets, chosen, list(islice(_rows(file, workbook, chosen), count))
        head: list[Record[Cell]] = []
        for sheet in sorted(sheets, key=lambda sheet: sheet.hidden):
            head = list(islice(_rows(file, workbook, sheet.name), count))
            if any(cell != "" for record in head for cell in record.cells):
                return sheets, sheet.name, head
        raise refuse("no_rows")


def read_sheet(file: Inspected, name: str) -> Iterator[Record[Cell]]:
    """Every row of the sheet. Leading empty columns are left out; row numbers are those of the sheet."""
    with _opened(file) as workbook:
        yield from _rows(file, workbook, name)


def _rows(file: Inspected, workbook: CalamineWorkbook, name: str) -> Iterator[Record[Cell]]:
    if name not in workbook.sheet_names:
        raise refuse("no_such_sheet", sheet=name)
    sheet = workbook.get_sheet_by_name(name)
    if sheet.start is None:
        return
    first_column = sheet.start[1]
    broken = _broken_cells(file, workbook, name)
    _add_merged(broken, sheet)
    number = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        problems = _problems(broken.get(number, ()), first_column)
        yield Record(number, cells, (*problems, *_check_texts(cells)))
    for beyond in sorted(row for row in broken if row > number):
        yield Record(beyond, [], tuple(_problems(broken[beyond], first_column)))


def _problems(found: Iterable[tuple[int, str]], first_column: int) -> list[Problem]:
    """Columns count from the first one that is read; what stands before it belongs to the row as a whole."""
    return [problem(code, column - first_column if column > first_column else None) for column, code in found]


def _check_texts(cells: list[Cell]) -> list[Problem]:
    return [found for column, cell in enumerate(cells, start=1) if isinstance(cell, str) and cell and (found := check_text(cell, column))]


def _broken_cells(file: Inspected, workbook: CalamineWorkbook, name: str) -> Broken:
    """Cells that the parser shows as empty although they are not: errors, and formulas nobody has calculated."""
    broken: Broken = defaultdict(list)
    if file.kind is FileKind.XLSX:
        survey = file.parts.get(parts_of_sheets(file.path).get(name, ""))
        positions = survey.broken if survey else {}
    elif file.kind is FileKind.ODS:
        index = workbook.sheet_names.index(name)
        positions = file.tables[index].broken if index < len(file.tables) else {}
    else:
        worksheets = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
        index = worksheets.index(name) if name in worksheets else len(file.old_sheets)
        errors = file.old_sheets[index].errors if index < len(file.old_sheets) else set()
        positions = {(row + 1, column + 1): "formula_error" for row, column in errors}
    for (row, column), code in positions.items():
        broken[row].append((column, code))
    return broken


def _add_merged(broken: Broken, sheet: CalamineSheet) -> None:
    """A merged cell has its value in its first cell only; whether it is meant for the others is not ours to guess."""
    budget = MAX_CELLS
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        bottom = min(bottom, sheet.total_height)
        right = min(right, left + sheet.width)
        budget -= (bottom - top + 1) * (right - left + 1)
        if budget < 0:
            raise refuse("unsafe_archive")
        for row in range(top, bottom + 1):
            covered = range(left + (row == top), right + 1)
            broken[row + 1] += [(column + 1, "merged_cell") for column in covered]
