"""Workbooks: sheets, true types, and cells that look empty but are not."""

from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter

from app.dataexchange.rules.files import inspect_file
from app.dataexchange.rules.problems import Refused
from app.dataexchange.rules.tables import Reading, open_table


@pytest.fixture
def workbook(tmp_path):
    """A workbook with types, a formula without result, an error, a merge and a hidden sheet."""
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    empty, data = book.active, book.create_sheet("数据")
    empty.title = "cover"
    book.create_sheet("secret").sheet_state = "hidden"
    for row in (
        ["name", "amount", "day", "moment", "active"],
        ["Ann", 1.5, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4), True],
        ["Bob", "=1+1", None, None, False],
        ["Cid", "#N/A", None, None, None],
        ["Dan", 4, None, None, None],
        [None, 5, None, None, None],
    ):
        data.append(row)
    data.merge_cells("A5:A6")
    book.save(path)
    return path


def test_offers_sheets_and_takes_the_first_with_rows(workbook):
    table = open_table(inspect_file(workbook))
    assert [(sheet.name, sheet.hidden) for sheet in table.sheets] == [("cover", False), ("数据", False), ("secret", True)]
    assert table.sheet == "数据"
    assert [column.header for column in table.columns] == ["name", "amount", "day", "moment", "active"]


def test_keeps_types(workbook):
    first = open_table(inspect_file(workbook)).preview(1)[0]
    assert first.number == 2
    assert first.cells == ("Ann", 1.5, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4), True)
    assert first.problems == ()


def test_reports_what_the_parser_would_show_as_empty(workbook):
    rows = open_table(inspect_file(workbook)).rows()
    assert {row.number: [(p.code, p.column) for p in row.problems] for row in rows if row.problems} == {
        3: [("formula_without_result", 2)],
        4: [("formula_error", 2)],
        6: [("merged_cell", 1)],
    }


def test_refuses_an_unknown_or_an_empty_sheet(workbook):
    for sheet, code in (("nowhere", "no_such_sheet"), ("cover", "no_rows")):
        with pytest.raises(Refused) as refused:
            open_table(inspect_file(workbook), Reading(sheet=sheet))
        assert refused.value.problem.code == code


def test_a_formula_with_an_empty_result_is_empty(tmp_path):
    path = tmp_path / "blank.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    page.write_row(0, 0, ["name", "note"])
    page.write(1, 0, "Ann")
    page.write_formula(1, 1, '=IF(TRUE,"","x")', None, "ok")
    book.close()
    assert open_table(inspect_file(path)).preview()[0].cells == ("Ann", "ok")


def test_columns_before_the_table_are_left_out_and_problems_move_along(tmp_path):
    path = tmp_path / "moved.xlsx"
    book = openpyxl.Workbook()
    page = book.active
    for row, values in enumerate((["name", "amount"], ["Ann", "#REF!"], ["Bob", 2]), start=3):
        for column, value in enumerate(values, start=3):
            page.cell(row, column, value)
    book.save(path)
    table = open_table(inspect_file(path))
    assert (table.header_row, [c.header for c in table.columns]) == (3, ["name", "amount"])
    assert [(row.number, [p.column for p in row.problems]) for row in table.rows()] == [(4, [2]), (5, [])]


def test_a_row_or_column_of_formulas_without_results_is_not_passed_over(tmp_path):
    path = tmp_path / "formulas.xlsx"
    book = openpyxl.Workbook()
    for row in (["name", "amount"], ["Ann", 1, "=A2"], ["=A2", "=B2"]):
        book.active.append(row)
    book.save(path)
    rows = open_table(inspect_file(path)).rows()
    assert [(row.number, [p.column for p in row.problems if p.code == "formula_without_result"]) for row in rows] == [(2, [3]), (3, [1, 2])]


def test_real_workbook_with_eight_sheets(real):
    file = inspect_file(real / "maven_crm_sales/variant_data_model.xlsx")
    table = open_table(file, Reading(sheet="sales_pipeline"))
    assert len(table.sheets) == 8
    rows = list(table.rows())
    assert len(rows) == 8800
    day = next(c.number for c in table.columns if c.header == "close_date") - 1
    won = [row for row in rows if row.cells[4] == "Won"]
    value = next(c.number for c in table.columns if c.header == "close_value") - 1
    assert (len(won), sum(row.cells[value] for row in won)) == (4238, 10_005_534)
    assert isinstance(won[0].cells[day], date)


@pytest.mark.parametrize(
    ("name", "sheet", "rows"),
    [
        ("frictionless/table.xls", "Лист1", 2),
        ("frictionless/sheet2.xls", "Sheet2", 2),
        ("messytables/simple.ods", "Sheet1", 3),
        ("csv_detective/file.xls", "FRUP_au_1er_avril_2021", 5),
        ("phpspreadsheet/namespaces.openpyxl35.xlsx", "Shofar 5781", 29),
    ],
)
def test_other_kinds_of_workbook(real, name, sheet, rows):
    table = open_table(inspect_file(real / "messy_horror" / name))
    assert (table.sheet, len(list(table.rows()))) == (sheet, rows)


def test_both_calendars_give_the_same_days(real):
    for name in ("1900_Calendar.xlsx", "1904_Calendar.xlsx"):
        table = open_table(inspect_file(real / "messy_horror/phpspreadsheet" / name), Reading(header_row=0))
        assert table.preview()[0].cells[0] == date(2022, 1, 1)
