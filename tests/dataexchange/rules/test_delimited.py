"""Text tables: dialect, ragged rows, quotes, and characters that cannot be stored."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.dataexchange.rules.delimited import Dialect, detect_dialect, read_records
from app.dataexchange.rules.files import MAX_CELL, inspect_file
from app.dataexchange.rules.tables import Reading, open_table


def codes(path, **reading):
    """{row number: codes of its problems}."""
    table = open_table(inspect_file(path), Reading(**reading))
    return {row.number: [found.code for found in row.problems] for row in table.rows() if row.problems}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_detects_delimiter_under_every_newline(write, delimiter, newline):
    lines = ["name|city|note".replace("|", delimiter), "Ann|Rome|ok".replace("|", delimiter), "Bob|Oslo|no".replace("|", delimiter)]
    path = write(newline.join(lines))
    assert detect_dialect(path, "utf-8").delimiter == delimiter
    assert [record.cells for record in read_records(path, "utf-8", Dialect(delimiter))][1] == ["Ann", "Rome", "ok"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a;b\n"1,5";"x;y"\n"2,5";z\n', Dialect(";")),
        ("a,b\n'x, y',1\n'z',2\n", Dialect(",", "'")),
        ('a,b\n"say \\"hi, you\\"",1\n"x",2\n"y",3\n', Dialect(",", escape="\\")),
        ("sep=|\r\na|b\r\n1|2\r\n", Dialect("|", separator_line=True)),
        ('a, "b"\n1, "x, y"\n', Dialect(",", space_before_quote=True)),
        ("path,b\nC:\\temp,1\nD:\\new,2\n", Dialect(",")),
    ],
)
def test_detects_dialect(write, text, expected):
    assert detect_dialect(write(text), "utf-8") == expected


def test_rows_are_counted_as_spreadsheet_programs_count(write):
    table = open_table(inspect_file(write('name,note\nAnn,"two\nlines"\n\nBob,x\n')))
    assert [(row.number, row.cells) for row in table.rows()] == [(2, ("Ann", "two\nlines")), (4, ("Bob", "x"))]


def test_ragged_rows_are_reported_and_never_shifted(write):
    path = write("name,city,zip\nAcme, Inc.,Rome,1\nBeta,Oslo\nGamma,Bern,3\nDelta,Kyiv,4,,\n")
    assert codes(path) == {2: ["too_many_values"], 3: ["too_few_values"]}
    cells = {row.number: row.cells for row in open_table(inspect_file(path)).rows()}
    assert cells[4] == ("Gamma", "Bern", "3")
    assert cells[5] == ("Delta", "Kyiv", "4")


def test_a_quote_that_is_never_closed(write):
    assert codes(write('name,city\nAnn,Rome\nBob,"Oslo\nCid,Bern\nDan,Kyiv\n')) == {3: ["unclosed_quote"]}


def test_a_stray_quote_inside_a_value_is_part_of_it(write):
    table = open_table(inspect_file(write('name,size\nPipe,5"\nTube,7" wide\n')))
    assert [row.cells[1] for row in table.rows()] == ['5"', '7" wide']
    assert not any(row.problems for row in table.rows())


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("x" * (MAX_CELL + 1), "cell_too_long"),
        ("x" * 300_000, "cell_too_long"),
        ("nul\x00byte", "control_characters"),
        ("bell\x07", "control_characters"),
        ("锟斤拷锟斤拷", "lost_characters"),
        ("lost \ufffd", "lost_characters"),
    ],
)
def test_values_that_cannot_be_stored_are_problems_of_their_row(write, cell, code):
    path = write(f"name,city\nAnn,Rome\n{cell},Oslo\nCid,😀 fine\n")
    assert codes(path) == {3: [code]}
    row = next(row for row in open_table(inspect_file(path)).rows() if row.problems)
    assert row.problems[0].column == 1
    assert len(row.problems[0].sentence) < 250


def test_undecodable_bytes_are_reported_with_their_row(write):
    path = write("名称,城市\n甲,北京\n".encode() + b"\xb1\xb1,x\n" + "乙,上海\n".encode() * 30)
    assert codes(path, encoding="utf-8") == {3: ["undecodable"]}
    assert next(r for r in open_table(inspect_file(path)).rows() if r.problems).cells[0].encode("utf-8")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.lists(
            st.text(
                st.characters(min_codepoint=32, max_codepoint=0x2FA1F, exclude_categories=["Cs", "Cc"], exclude_characters="\ufffd\ufeff")
            ),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=6,
    ),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
def test_what_was_written_is_read(tmp_path, rows, delimiter, encoding):
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    path = tmp_path / "round.csv"
    path.write_bytes(buffer.getvalue().encode(encoding))
    records = list(read_records(path, encoding, Dialect(delimiter)))
    assert [record.cells for record in records] == rows


@pytest.mark.parametrize(("name", "wide"), [("customers", 24), ("orders", 176), ("suppliers", 9)])
def test_unquoted_commas_of_a_real_export(real, name, wide):
    found = codes(real / "northwind" / f"quirk_unquoted_commas_{name}.csv")
    assert len(found) == wide
    assert {tuple(problems) for problems in found.values()} == {("too_many_values",)}
