"""Header rows found, named and numbered; every real file opens or is refused with a sentence."""

import json
import tracemalloc

import pytest

from app.dataexchange.rules import tables
from app.dataexchange.rules.files import inspect_file
from app.dataexchange.rules.problems import Refused
from app.dataexchange.rules.tables import Reading, open_table


def opened(path, **reading):
    return open_table(inspect_file(path), Reading(**reading))


@pytest.mark.parametrize(
    ("text", "row", "certain"),
    [
        ("name,city,zip\nAnn,Rome,1\n", 1, True),
        ("Customers of 2026\n\nname,city,zip\nAnn,Rome,1\nBob,Oslo,2\n", 3, True),
        ("# comment\nid,name\n1,a\n2,b\n", 2, True),
        ("1,Ann,Rome\n2,Bob,Oslo\n3,Cid,Bern\n", 0, False),
        ("name\nAnn\nBob\n", 1, False),
        ("id,2024,2025\n1,5,6\n2,7,8\n", 1, False),
    ],
)
def test_finds_the_header_row(write, text, row, certain):
    table = opened(write(text))
    assert (table.header_row, table.header_certain) == (row, certain)


def test_the_person_has_the_last_word(write):
    path = write("a,b\nc,d\n1,2\n")
    assert [str(c.label) for c in opened(path, header_row=2).columns] == ["c", "d"]
    assert [row.cells for row in opened(path, header_row=0).rows()][0] == ("a", "b")
    assert opened(path, delimiter=";").columns[0].header == "a,b"


def test_names_empty_and_repeated_headers(write):
    table = opened(write("name,,Name,??\nAnn,1,x,y\n"))
    assert [str(column.label) for column in table.columns] == ["name", "Column 2", "Name (2)", "Column 4"]
    assert [column.lost for column in table.columns] == [False, False, False, True]


def test_nameless_columns_without_values_are_dropped(write):
    assert len(opened(write("name,city,,\nAnn,Rome,,\nBob,Oslo,,\n")).columns) == 2
    assert len(opened(write("name,city,,\nAnn,Rome,,x\nBob,Oslo,,\n")).columns) == 4


def test_two_hundred_columns_and_no_more(write):
    assert len(opened(write(",".join(f"c{n}" for n in range(200)) + "\n")).columns) == 200
    with pytest.raises(Refused) as refused:
        opened(write(",".join(f"c{n}" for n in range(201)) + "\n"))
    assert refused.value.problem.code == "too_many_columns"


def test_more_rows_than_allowed(write, monkeypatch):
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    table = opened(write("a,b\n" + "x,1\n" * 4))
    with pytest.raises(Refused) as refused:
        list(table.rows())
    assert refused.value.problem.code == "too_many_rows"


def test_an_unknown_encoding_is_refused(write):
    with pytest.raises(Refused) as refused:
        opened(write("a,b\n1,2\n"), encoding="klingon")
    assert refused.value.problem.code == "undecodable_file"


def test_memory_stays_flat(write):
    def peak(rows):
        table = opened(write("name,city,amount\n" + "北京客户有限公司,上海,1234.50\n" * rows))
        tracemalloc.start()
        count = sum(1 for _ in table.rows())
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert count == rows
        return highest

    small, large = peak(2_000), peak(60_000)
    assert large < small + 200_000


class TestRealFiles:
    @pytest.fixture(scope="class")
    def facts(self, real):
        return json.loads((real / "facts.json").read_text(encoding="utf-8"))["cn_encodings"]

    @pytest.mark.parametrize(
        ("name", "fact"),
        [
            ("big5_A_lvr_land_A.CSV", "big5"),
            ("gbk_quarter.csv", "gbk"),
            ("mojibake_header_SalseData.csv", "mojibake_sales"),
            ("mojibake_header_SalsePersonData.csv", "mojibake_person"),
            ("derived_gb18030_company_info.csv", "derived_gb18030"),
        ],
    )
    def test_chinese_encodings(self, real, facts, name, fact):
        table = opened(real / "cn_encodings" / name)
        assert sum(1 for _ in table.rows()) == facts[fact]["rows"]
        header = facts[fact].get("header", [])
        assert [column.header for column in table.columns][: len(header)] == header

    def test_districts_of_the_big5_file(self, real, facts):
        rows = list(opened(real / "cn_encodings/big5_A_lvr_land_A.CSV").rows())
        assert list(rows[0].cells[:8]) == facts["big5"]["first"]
        for district, count in facts["big5"]["districts"].items():
            assert sum(row.cells[0] == district for row in rows) == count

    def test_second_header_row_is_pointed_out(self, real, facts):
        table = opened(real / "cn_encodings/utf8bom_a_lvr_land_a.csv")
        assert (table.header_row, table.second_header_row, len(table.columns)) == (1, 2, facts["utf8bom"]["columns"])
        chosen = opened(real / "cn_encodings/utf8bom_a_lvr_land_a.csv", header_row=2)
        assert sum(1 for _ in chosen.rows()) == facts["utf8bom"]["rows_excluding_2_headers"]

    def test_lost_headers_are_pointed_out(self, real):
        assert all(column.lost for column in opened(real / "cn_encodings/mojibake_header_SalseData.csv").columns)

    def test_every_messy_file_opens_or_is_refused(self, real):
        refused, read = [], 0
        for path in sorted((real / "messy_horror").rglob("*.*")):
            if not path.is_file() or path.name in {"MANIFEST.md", "SOURCE.txt"}:
                continue
            try:
                read += sum(1 for _ in opened(path).rows()) >= 0
            except Refused as error:
                refused.append((path.name, error.problem.code))
        assert read + len(refused) == 213
        assert sorted(refused) == [
            ("HiddenSheet.xls", "no_rows"),
            ("HiddenSheet.xlsx", "no_rows"),
            ("empty.csv", "empty_file"),
            ("empty.csv", "empty_file"),
            ("encrypted_no_password.xls", "encrypted"),
            ("libreoffice.xlsx", "no_rows"),
            ("pwtest.xls", "encrypted"),
            ("utf16be.xlsx", "damaged"),
        ]
