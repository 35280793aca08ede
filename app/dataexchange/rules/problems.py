"""What can be wrong with a file, a row or a cell: a code, figures, and a sentence made in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.i18n import Text, _l

MESSAGES: dict[str, Text] = {
    # the file
    "empty_file": _l("This file is empty."),
    "too_many_bytes": _l("This file is larger than %(limit)s MB. Please split it."),
    "pdf": _l("This is a PDF document. Please choose a CSV file or a workbook (.xlsx, .xls, .ods)."),
    "image": _l("This is a picture. Please choose a CSV file or a workbook (.xlsx, .xls, .ods)."),
    "archive": _l("This is a compressed archive. Please unpack it and choose the file inside."),
    "other_document": _l("This is a document, but not a workbook. Please choose a CSV file or a workbook (.xlsx, .xls, .ods)."),
    "web_page": _l("This is a web page or an XML file. Open it in your spreadsheet program and save it as .xlsx or CSV."),
    "binary_workbook": _l("Workbooks of the kind .xlsb are not read. Please save it as .xlsx."),
    "encrypted": _l("This workbook is protected by a password. Please save it without a password and choose it again."),
    "not_a_table": _l("This file is neither text nor a workbook. Please choose a CSV file or a workbook (.xlsx, .xls, .ods)."),
    "damaged": _l("This workbook is damaged and cannot be read. Open it in your spreadsheet program and save it again."),
    "unsafe_archive": _l("This workbook is not built the way spreadsheet programs build them, so it is not opened."),
    "too_large_unpacked": _l("Unpacked, this workbook is larger than %(limit)s MB. Please save it as CSV or split it."),
    "too_many_cells": _l(
        "A sheet of this workbook spans more than %(limit)s cells. Please delete empty rows and columns or save it as CSV."
    ),
    "too_many_rows": _l("This file has more than %(limit)s rows. Please split it."),
    "too_many_columns": _l("This file has more than %(limit)s columns."),
    "no_such_sheet": _l("This workbook has no sheet “%(sheet)s”."),
    "no_rows": _l("This sheet holds no rows."),
    "undecodable_file": _l("This file cannot be read as %(encoding)s. Please choose another encoding."),
    # a row
    "too_many_values": _l("This row has %(count)s values, but the header has %(expected)s columns. Is a comma inside a value not quoted?"),
    "too_few_values": _l("This row has only %(count)s values, but the header has %(expected)s columns."),
    "unclosed_quote": _l("A quotation mark opened in this row is never closed, so the rest of the file was read as one value."),
    "undecodable": _l("Some characters could not be read with the chosen encoding: “%(excerpt)s”."),
    "lost_characters": _l("This text was damaged by a wrong encoding before it reached us: “%(excerpt)s”."),
    "control_characters": _l("This value contains characters that cannot be stored."),
    "cell_too_long": _l("This value has %(count)s characters; at most %(limit)s are possible."),
    "formula_error": _l("This cell shows the error of a formula."),
    "formula_without_result": _l(
        "This cell holds a formula without a result. Open the workbook in your spreadsheet program and save it again."
    ),
    "merged_cell": _l("This cell is merged with another one. Undo the merge and enter its value in every row it is meant for."),
    # a cell
    "shortened_number": _l(
        "“%(value)s” was shortened by a spreadsheet program and its digits are lost. Format the column as text and enter it again."
    ),
    "too_many_digits": _l(
        "“%(value)s” has more digits than a spreadsheet program keeps; the last ones are lost. "
        "Format the column as text and enter it again."
    ),
    "not_a_number": _l("“%(value)s” is not a number. Write it like 1234.50."),
    "not_a_whole_number": _l("“%(value)s” is not a whole number."),
    "number_format_unclear": _l("“%(value)s” can be read as two different numbers. Please choose the decimal sign of this column."),
    "percent_unclear": _l("“%(value)s” may be a percentage or a fraction. Please choose for this column."),
    "not_a_date": _l("“%(value)s” is not a date. Write it like 2026-01-31."),
    "not_a_moment": _l("“%(value)s” is not a date and time. Write it like 2026-01-31 14:30."),
    "date_order_unclear": _l("“%(value)s” can be read as two different days. Please choose the order of day and month of this column."),
    "date_has_time": _l("“%(value)s” has a time of day, but only a date is expected."),
    "not_yes_or_no": _l("“%(value)s” is neither yes nor no."),
    "not_a_choice": _l("“%(value)s” is not one of the choices."),
    "not_a_phone": _l("“%(value)s” is not a telephone number."),
    "not_an_email": _l("“%(value)s” is not an e-mail address."),
    "not_a_url": _l("“%(value)s” is not a web address."),
}

EXCERPT = 60


def excerpt(value: object) -> str:
    """Enough of a value to recognise it, on one line."""
    text = " ".join(str(value).replace("\x00", " ").split())
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong; `column` is the number of the column from 1, or None for the whole row or file."""

    code: str
    message: Text
    params: Mapping[str, Any] = field(default_factory=dict)
    column: int | None = None

    @property
    def sentence(self) -> str:
        """The message with its figures, in the language of whoever reads it now."""
        text = str(self.message)
        return text % self.params if self.params else text


def problem(code: str, column: int | None = None, /, **params: Any) -> Problem:
    """The problem of that code; a code without a sentence is a mistake of ours."""
    return Problem(code, MESSAGES[code], params, column)


class Refused(ValueError):
    """A file that is not read at all."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.code)
        self.problem = found


def refuse(code: str, /, **params: Any) -> Refused:
    """`raise refuse("pdf")`."""
    return Refused(problem(code, None, **params))
