"""Encodings are told apart by what the text says, never by the first codec that does not fail."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.dataexchange.rules.encodings import LABELS, SURE_ENOUGH, rank_encodings

SIMPLE = "客户名称,联系电话,城市\n北京华为技术有限公司,13800138000,北京\n上海贸易公司,021-12345678,上海\n"
TRADITIONAL = "鄉鎮市區,交易標的,電話\n臺北市文山區,土地,02-12345678\n新北市板橋區,建物,02-23456789\n"
WESTERN = "name,city\nMüller,Köln\nDesirée,Besançon\nNuñez,México\n"
COMMON = list("的一是公司客户名称电话地址北京上海广州深圳科技商贸张王李刘陈技术有限省市区县路号楼")


@pytest.mark.parametrize(
    ("text", "codec", "expected"),
    [
        (SIMPLE, "utf-8", "utf-8"),
        (SIMPLE, "utf-8-sig", "utf-8-sig"),
        (SIMPLE, "gbk", "gb18030"),
        (SIMPLE, "gb18030", "gb18030"),
        (SIMPLE, "utf-16", "utf-16"),
        (SIMPLE, "utf-16-le", "utf-16-le"),
        (SIMPLE, "utf-16-be", "utf-16-be"),
        (SIMPLE, "utf-32-be", "utf-32-be"),
        (TRADITIONAL, "big5", "cp950"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (TRADITIONAL, "utf-8", "utf-8"),
        (WESTERN, "cp1252", "cp1252"),
        (WESTERN, "utf-8", "utf-8"),
        ("a,b\n1,2\n", "ascii", "utf-8"),
        ("name\n联通\n", "gbk", "gb18030"),
        ("name\nTräger\u00a0\u00a0\u00a0\u00a0\u00a0\n", "utf-8", "utf-8"),
        ("name\nПривет\n", "utf-8", "utf-8"),
        ("name\nBólido\nNôtre\n", "utf-8", "utf-8"),
        ("a,b\n😀,𠮷野家\n", "utf-8", "utf-8"),
    ],
)
def test_detects(write, text, codec, expected):
    best = rank_encodings(write(text, codec))[0]
    assert (best.encoding, best.broken) == (expected, False)
    assert best.confidence >= SURE_ENOUGH


def test_offers_the_other_readings_ranked(write):
    ranked = rank_encodings(write(SIMPLE, "gbk"))
    assert {"gb18030", "cp950", "cp1252"} <= {candidate.encoding for candidate in ranked}
    assert [c.confidence for c in ranked] == sorted((c.confidence for c in ranked), reverse=True)
    assert all(candidate.label for candidate in ranked)


def test_a_name_that_comes_late_still_decides(write):
    late = "name,city\n" + "plain,ascii\n" * 20_000 + "北京公司,上海\n"
    assert rank_encodings(write(late, "gbk"))[0].encoding == "gb18030"


def test_a_few_broken_bytes_do_not_make_utf8_something_else(write):
    damaged = SIMPLE.encode() * 20 + b"\xb1\xb1,x\n"
    best = rank_encodings(write(damaged))[0]
    assert (best.encoding, best.broken) == ("utf-8", True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.text(st.sampled_from(COMMON), min_size=3, max_size=12), min_size=2, max_size=8))
@pytest.mark.parametrize("codec", ["gb18030", "utf-8", "utf-16"])
def test_any_table_of_usual_names_is_recognised(tmp_path, codec, names):
    path = tmp_path / "names.csv"
    path.write_bytes("\n".join(f"{name},{number}" for number, name in enumerate(names)).encode(codec))
    assert rank_encodings(path)[0].encoding == codec


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cn_encodings/big5_A_lvr_land_A.CSV", "cp950"),
        ("cn_encodings/gbk_quarter.csv", "gb18030"),
        ("cn_encodings/derived_gb18030_company_info.csv", "gb18030"),
        ("cn_encodings/mojibake_header_SalseData.csv", "cp1252"),
        ("cn_encodings/mojibake_header_SalsePersonData.csv", "utf-8"),
        ("cn_encodings/utf8bom_a_lvr_land_a.csv", "utf-8-sig"),
        ("messy_horror/messytables/characters.csv", "cp950"),
        ("messy_horror/messytables/utf-16le_encoded.csv", "utf-16"),
        ("messy_horror/messytables/spanish_chars.csv", "cp1252"),
        ("messy_horror/phpspreadsheet/encoding.utf16be.csv", "utf-16-be"),
        ("messy_horror/phpspreadsheet/premiere.utf32le.csv", "utf-32-le"),
    ],
)
def test_real_files(real, name, expected):
    best = rank_encodings(real / name)[0]
    assert (best.encoding, best.broken) == (expected, False)
    assert best.confidence >= SURE_ENOUGH
    assert best.encoding in LABELS


@pytest.mark.parametrize("name", ["table-infer-iso-8859-7.csv", "latin1.csv"])
def test_admits_when_it_is_not_sure(real, name):
    assert rank_encodings(real / "messy_horror/frictionless" / name)[0].confidence < SURE_ENOUGH
