"""What a file is by its content, and what is refused before anything is parsed."""

import io
import os
import re
import struct
import time
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.dataexchange.rules import files
from app.dataexchange.rules.archives import MAX_ENTRIES, MAX_RATIO, MAX_UNPACKED
from app.dataexchange.rules.files import MAX_BYTES, FileKind, inspect_file
from app.dataexchange.rules.problems import MESSAGES, Refused, problem
from app.dataexchange.rules.tables import open_table

WORKBOOK_PARTS = {
    "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "xl/workbook.xml": b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
}


def archive(parts: dict[str, bytes], **options: object) -> bytes:
    """A zip file with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def sheet(cells: str) -> dict[str, bytes]:
    """The parts of a workbook whose only sheet has this XML inside."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    book.add_worksheet("data")
    book.close()
    with zipfile.ZipFile(buffer) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    part = "xl/worksheets/sheet1.xml"
    parts[part] = parts[part].replace(b"<sheetData/>", f"<sheetData>{cells}</sheetData>".encode())
    assert cells.encode() in parts[part]
    return parts


def refusal(path: Path) -> str:
    """The code with which the file is refused, quickly."""
    started = time.perf_counter()
    with pytest.raises(Refused) as refused:
        inspect_file(path)
    assert time.perf_counter() - started < 3
    assert refused.value.problem.sentence.endswith(".") or "?" in refused.value.problem.sentence
    return refused.value.problem.code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf\r\n", "empty_file"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image"),
        (b"GIF89a\x01\x00\x01\x00", "image"),
        (b"\x1f\x8b\x08\x00\x00\x00", "archive"),
        (b"<html><table><tr><td>a</td></tr></table>", "web_page"),
        (b'<?xml version="1.0"?><Workbook/>', "web_page"),
        (b"{\\rtf1 a,b}", "other_document"),
        (b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 4, "not_a_table"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "damaged"),
    ],
)
@pytest.mark.parametrize("name", ["table.csv", "table.xlsx"])
def test_refuses_by_content_whatever_the_name_says(write, content, code, name):
    assert refusal(write(content, name=name)) == code


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"a.csv": b"a,b"}, "archive"),
        ({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}, "other_document"),
        ({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\x00"}, "binary_workbook"),
        ({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<c/>"}, "other_document"),
    ],
)
def test_tells_archives_and_documents_from_workbooks(write, parts, code):
    assert refusal(write(archive(parts), name="table.xlsx")) == code


@pytest.mark.parametrize("name", ["table.csv", "table.xls", "table.pdf"])
def test_a_workbook_is_a_workbook_under_any_name(write, name):
    path = write(archive(sheet('<row r="1"><c r="A1"><v>7</v></c></row>')), name=name)
    assert inspect_file(path).kind is FileKind.XLSX
    assert open_table(inspect_file(path)).sheet == "data"


def test_text_is_text_under_any_name(write):
    assert inspect_file(write("a,b\n1,2\n", name="table.xlsx")).kind is FileKind.TEXT
    assert inspect_file(write("BM,name\n1,2\n")).kind is FileKind.TEXT


def test_size_is_limited(tmp_path):
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert refusal(path) == "too_many_bytes"


class TestBombs:
    def test_ratio(self, write):
        bomb = sheet("<row><c><v>1</v></c></row>" * 1_000_000)
        content = archive(bomb)
        assert len(content) < 200_000
        assert refusal(write(content)) == "unsafe_archive"

    def test_unpacked_size(self, write):
        block = os.urandom(1 << 20)
        part = block + b"\x00" * 50 * len(block)
        assert refusal(write(archive(WORKBOOK_PARTS | {f"xl/{n}.bin": part for n in range(4)}))) == "too_large_unpacked"

    def test_too_many_entries(self, write):
        parts = WORKBOOK_PARTS | {f"xl/{n}.xml": b"" for n in range(MAX_ENTRIES)}
        assert refusal(write(archive(parts))) == "unsafe_archive"

    def test_opposite_corners_of_a_sheet(self, write):
        corners = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        assert refusal(write(archive(sheet(corners)))) == "too_many_cells"

    def test_corners_without_references(self, write):
        cells = "<row>" + "<c><v>1</v></c>" * 5000 + "</row>" + "<row><c><v>1</v></c></row>" * 5000
        assert refusal(write(archive(sheet(cells)))) == "too_many_cells"

    @pytest.mark.parametrize("reference", ["r='XFD1048576'", 't="n" r="XFD1048576"', 'r = "XFD1048576"', 'r="xfd1048576"'])
    def test_corners_in_unusual_notation(self, write, reference):
        assert refusal(write(archive(sheet(f'<row><c r="A1"><v>1</v></c><c {reference}><v>1</v></c></row>')))) == "too_many_cells"

    def test_a_false_dimension_changes_nothing(self, write):
        parts = sheet('<row r="1"><c r="A1"><v>1</v></c></row>')
        part = "xl/worksheets/sheet1.xml"
        parts[part] = parts[part].replace(b'ref="A1"', b'ref="A1:XFD1048576"')
        assert open_table(inspect_file(write(archive(parts)))).header_row == 1

    def test_a_directory_that_lies_about_sizes(self, write):
        content = archive(sheet('<row r="1"><c r="A1"><v>7</v></c></row>' + " " * 300_000))
        size = next(i for i in zipfile.ZipFile(io.BytesIO(content)).infolist() if i.filename.endswith("sheet1.xml")).file_size
        lying = content.replace(struct.pack("<I", size), struct.pack("<I", 1000))
        assert refusal(write(lying)) == "unsafe_archive"

    def test_overlapping_entries(self, write):
        kernel = zlib.compress(b"<c/>" * 1000)[2:-4]
        local = b"".join([b"PK\x03\x04", struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, 0, len(kernel), 4000, 1, 0), b"a", kernel])
        names = ["[Content_Types].xml", "xl/workbook.xml", *(f"xl/{n}.xml" for n in range(50))]
        directory = b"".join(
            b"PK\x01\x02"
            + struct.pack("<HHHHHHIIIHHHHHII", 20, 20, 0, 8, 0, 0, 0, len(kernel), 4000, len(name), 0, 0, 0, 0, 0, 0)
            + name.encode()
            for name in names
        )
        end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, len(names), len(names), len(directory), len(local), 0)
        assert refusal(write(local + directory + end)) == "unsafe_archive"

    def test_entities(self, write):
        parts = sheet('<row r="1"><c r="A1"><v>7</v></c></row>')
        lol = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
        parts["xl/sharedStrings.xml"] = lol + b"<sst>&b;</sst>"
        assert refusal(write(archive(parts))) == "unsafe_archive"

    def test_names_that_leave_the_folder(self, write):
        assert refusal(write(archive(WORKBOOK_PARTS | {"../../evil.xml": b""}))) == "unsafe_archive"

    def test_a_spreadsheet_of_repeated_cells(self, write):
        content = (
            b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
            b' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet><table:table>'
            b'<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"'
            b' office:value-type="float" office:value="1"/></table:table-row></table:table></office:spreadsheet></office:body>'
            b"</office:document-content>"
        )
        parts = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content}
        assert refusal(write(archive(parts))) == "too_many_cells"


def test_an_honest_large_workbook_stays_far_below_the_limits(tmp_path):
    path = tmp_path / "honest.xlsx"
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    page = book.add_worksheet()
    for row in range(20_000):
        page.write_row(row, 0, ["Won", "Beijing", 0, 0, 1, "yes"])
    book.close()
    with zipfile.ZipFile(path) as packed:
        entries = packed.infolist()
    assert max(entry.file_size / max(entry.compress_size, 1) for entry in entries) < MAX_RATIO / 3
    assert sum(entry.file_size for entry in entries) < MAX_UNPACKED / 20
    assert inspect_file(path).kind is FileKind.XLSX


def test_whole_columns_of_mere_formats_are_no_reason_to_refuse(write):
    formats = "".join(f'<row r="{row}"><c r="A{row}" s="0"/><c r="GR{row}" s="0"/></row>' for row in range(2, 60_000))
    cells = f'<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>{formats}'
    assert inspect_file(write(archive(sheet(cells)))).kind is FileKind.XLSX


@pytest.fixture(scope="module")
def small_workbook() -> bytes:
    """An ordinary file to be mutilated."""
    book = openpyxl.Workbook()
    for row in (["name", "amount"], ["华为", 1.5], ["=1+1", 2]):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


places = st.floats(0, 1, exclude_max=True)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damages=st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=8), length=places)
def test_a_mutilated_file_is_read_or_refused_but_never_breaks(tmp_path, small_workbook, damages, length):
    content = bytearray(small_workbook)
    for place, value in damages:
        content[int(place * len(content))] = value
    path = tmp_path / "mutilated.xlsx"
    path.write_bytes(bytes(content[: 1 + int(length * len(content))]))
    try:
        outcome = [type(row).__name__ for row in open_table(inspect_file(path)).rows()]
    except Refused as refused:
        outcome = [refused.problem.code]
    assert set(outcome) <= {"Row", *MESSAGES}


def test_every_code_raised_has_a_sentence():
    folder = Path(files.__file__).parent
    source = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))

    used = set(re.findall(r'(?:refuse|problem|Unreadable)\("(\w+)"', source)) | set(re.findall(r'"(formula_\w+|merged_cell)"', source))
    assert used == set(MESSAGES), used ^ set(MESSAGES)


def test_a_sentence_carries_its_figures():
    assert "20 MB" in problem("too_many_bytes", limit=20).sentence
    assert problem("pdf").sentence.startswith("This is a PDF")


class TestRealFiles:
    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("csv_detective/file.xls", FileKind.ODS),
            ("messytables/simple.xls", FileKind.XLS),
            ("frictionless/table.ods", FileKind.ODS),
            ("messytables/large.xlsx", FileKind.XLSX),
            ("phpspreadsheet/encoding.utf32be.csv", FileKind.TEXT),
        ],
    )
    def test_kinds(self, real, name, kind):
        assert inspect_file(real / "messy_horror" / name).kind is kind

    @pytest.mark.parametrize("name", ["messytables/encrypted_no_password.xls", "phpspreadsheet/pwtest.xls"])
    def test_encrypted(self, real, name):
        assert refusal(real / "messy_horror" / name) == "encrypted"
