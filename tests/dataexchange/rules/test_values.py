"""Cells become exactly what was meant, or a problem; columns decide what a cell alone cannot."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.fields import Kind
from app.core.rules.safety import csv_cell
from app.dataexchange.rules.columns import ColumnProfile, infer_kind
from app.dataexchange.rules.dates import Order
from app.dataexchange.rules.files import inspect_file
from app.dataexchange.rules.tables import Reading, open_table
from app.dataexchange.rules.values import MISSING, ColumnFormat, Unreadable, choice_words, read_cell


def problem_of(cell, kind, **written):
    """The code of the problem."""
    with pytest.raises(Unreadable) as unreadable:
        read_cell(cell, kind, ColumnFormat(**written))
    assert unreadable.value.problem.sentence
    return unreadable.value.problem.code


def column(kind, *cells):
    """The format concluded from these cells."""
    profile = ColumnProfile(kind)
    for cell in cells:
        profile.observe(cell)
    return profile.conclude()


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("1234.50", "1234.50"),
            ("1,234.50", "1234.50"),
            ("1'234'567.8", "1234567.8"),
            ("1 234.5", "1234.5"),
            ("1\u00a0234.5", "1234.5"),
            ("1,2345,6789", "123456789"),
            ("(1,234.50)", "-1234.50"),
            ("-51.95", "-51.95"),
            ("$-51.95", "-51.95"),
            ("-$51.95", "-51.95"),
            ("51.95-", "-51.95"),
            ("−5", "-5"),
            ("+5", "5"),
            ("￥1,234", "1234"),
            ("¥ 12", "12"),
            ("€5", "5"),
            ("USD 20", "20"),
            ("20 元", "20"),
            ("１２３．５", "123.5"),
            ("3.5万", "35000"),
            ("1.2亿元", "120000000"),
            (".5", "0.5"),
            ("0012", "12"),
        ],
    )
    def test_reads(self, text, value):
        assert read_cell(text, Kind.MONEY) == Decimal(value)

    @pytest.mark.parametrize("text", ["abc", "1,23,4", "1.2.3", "--5", "(-5)", "0x10", "NaN", "Infinity", "12,5", "$", "5%", "1 2", "万"])
    def test_refuses_what_is_no_number(self, text):
        assert problem_of(text, Kind.MONEY) == "not_a_number"

    @pytest.mark.parametrize("text", ["1.38E+10", "1e9", "1.10101E+17"])
    @pytest.mark.parametrize("kind", [Kind.MONEY, Kind.INTEGER, Kind.PHONE])
    def test_never_guesses_digits_that_a_program_dropped(self, text, kind):
        assert problem_of(text, kind) == "shortened_number"

    @pytest.mark.parametrize("text", [" $-   ", "-", "¥ -", "－", "—"])
    def test_the_accountants_dash_is_missing(self, text):
        assert read_cell(text, Kind.MONEY) is None

    def test_typed_numbers_are_what_the_program_shows(self):
        assert read_cell(60.56500000000001, Kind.DECIMAL) == Decimal("60.565")
        assert read_cell(13800000000.0, Kind.INTEGER) == 13_800_000_000
        assert problem_of(True, Kind.MONEY) == "not_a_number"
        assert problem_of(1.5, Kind.INTEGER) == "not_a_whole_number"
        assert problem_of(1.101011990030712e17, Kind.INTEGER) == "too_many_digits"

    @pytest.mark.parametrize(
        ("cells", "sign"),
        [
            (["1,234.50", "12"], "."),
            (["1.234,50", "1.234"], ","),
            (["12,5", "1.234"], ","),
            (["1,234", "5"], "."),
            (["1.234", "2.500"], None),
            (["1.5", "2,5"], None),
        ],
    )
    def test_the_column_decides_the_decimal_sign(self, cells, sign):
        assert column(Kind.MONEY, *cells).decimal_sign == sign

    def test_undecided_columns_are_asked_about_where_it_matters(self):
        assert problem_of("1.234", Kind.MONEY, decimal_sign=None) == "number_format_unclear"
        assert read_cell("1234", Kind.MONEY, ColumnFormat(decimal_sign=None)) == 1234
        assert read_cell("1.234", Kind.MONEY, ColumnFormat(decimal_sign=",")) == 1234

    @given(st.decimals(min_value=-(10**14), max_value=10**14, places=2))
    def test_every_amount_survives_export_and_import(self, amount):
        assert read_cell(csv_cell(amount), Kind.MONEY) == amount

    @given(st.integers(-(10**12), 10**12), st.sampled_from([",", "'", " "]))
    def test_every_grouping_gives_the_same_number(self, number, mark):
        assert read_cell(f"{number:,}".replace(",", mark), Kind.INTEGER) == number

    @given(st.text(max_size=20))
    def test_any_text_is_a_number_or_a_problem(self, text):
        try:
            value = read_cell(text, Kind.MONEY)
        except Unreadable:
            return
        assert value is None or value.is_finite()


class TestPercent:
    def test_reads(self):
        assert read_cell("55%", Kind.PERCENT) == 55
        assert read_cell("５５％", Kind.PERCENT) == 55
        assert read_cell("12.5", Kind.PERCENT) == Decimal("12.5")

    def test_fractions_are_asked_about(self):
        undecided = column(Kind.PERCENT, 0.55, 0.3, 0)
        assert problem_of(0.55, Kind.PERCENT, percent_is_fraction=undecided.percent_is_fraction) == "percent_unclear"
        assert read_cell(0.55, Kind.PERCENT, ColumnFormat(percent_is_fraction=True)) == 55
        assert column(Kind.PERCENT, "0.5", "60").percent_is_fraction is False
        assert column(Kind.PERCENT, "55%", "30%").percent_is_fraction is False


class TestDates:
    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("2026-11-23", datetime(2026, 11, 23)),
            ("2026/1/5", datetime(2026, 1, 5)),
            ("2026.01.05", datetime(2026, 1, 5)),
            ("20261123", datetime(2026, 11, 23)),
            ("2026年11月23日", datetime(2026, 11, 23)),
            ("2026年11月23日 14时30分", datetime(2026, 11, 23, 14, 30)),
            ("民国108年11月11日", datetime(2019, 11, 11)),
            ("2026/11/23 下午 3:05", datetime(2026, 11, 23, 15, 5)),
            ("2026-11-23 星期一", datetime(2026, 11, 23)),
            ("1996-07-04 00:00:00.000", datetime(1996, 7, 4)),
            ("02/24/26 02:18 AM", datetime(2026, 2, 24, 2, 18)),
            ("02/24/26 12:18 AM", datetime(2026, 2, 24, 0, 18)),
            ("31.12.2025", datetime(2025, 12, 31)),
            ("05/05/2026", datetime(2026, 5, 5)),
            ("5-Jan-24", datetime(2024, 1, 5)),
            ("January 5, 2024", datetime(2024, 1, 5)),
            ("2024-01-22T16:14:25.000+0000", datetime(2024, 1, 22, 16, 14, 25, tzinfo=UTC)),
            ("2024-01-22T16:14:25Z", datetime(2024, 1, 22, 16, 14, 25, tzinfo=UTC)),
            (44562.5, datetime(2022, 1, 1, 12)),
            (date(2026, 1, 2), datetime(2026, 1, 2)),
        ],
    )
    def test_reads(self, text, moment):
        assert read_cell(text, Kind.DATETIME) == moment

    @pytest.mark.parametrize(
        "text", ["2026-02-30", "2026-13-01", "32/13/2026", "soon", "2026-01-01 25:00", "44562", "2026", "108年1月1日", "12:30"]
    )
    def test_refuses_what_is_no_day(self, text):
        assert problem_of(text, Kind.DATE) == "not_a_date"

    def test_two_days_in_one_are_asked_about(self):
        assert problem_of("03/04/2026", Kind.DATE) == "date_order_unclear"
        assert read_cell("03/04/2026", Kind.DATE, ColumnFormat(date_order=Order.DMY)) == date(2026, 4, 3)
        assert read_cell("03/04/2026", Kind.DATE, ColumnFormat(date_order=Order.MDY)) == date(2026, 3, 4)
        assert problem_of("13/04/2026", Kind.DATE, date_order=Order.MDY) == "not_a_date"

    def test_the_time_of_a_moment_is_not_dropped_silently(self):
        assert problem_of("2026-01-01 10:00", Kind.DATE) == "date_has_time"
        assert read_cell("2026-01-01 10:00", Kind.DATE, ColumnFormat(drop_time=True)) == date(2026, 1, 1)

    @pytest.mark.parametrize(
        ("cells", "order"),
        [
            (["01/02/2026", "13/02/2026"], Order.DMY),
            (["01/02/2026", "02/13/2026"], Order.MDY),
            (["01/02/2026", "03/04/2026"], None),
            (["13/02/2026", "02/13/2026"], None),
            (["13/02/2026"] * 40 + ["02/13/2026"], Order.DMY),
            ([f"{day:02}-03-17" for day in range(1, 13)], None),
            ([f"{day:02}-03-17" for day in range(1, 29)], Order.DMY),
            ([f"17-03-{day:02}" for day in range(1, 29)], Order.YMD),
            (["2026-01-02"], None),
        ],
    )
    def test_the_column_decides_the_order(self, cells, order):
        assert column(Kind.DATE, *cells).date_order == order

    def test_serial_numbers_count_only_when_the_whole_column_does(self):
        assert column(Kind.DATE, "44562", "44563").serial_dates
        assert not column(Kind.DATE, "44562", "2026-01-01").serial_dates
        assert read_cell("44562", Kind.DATE, ColumnFormat(serial_dates=True)) == date(2022, 1, 1)
        assert read_cell(43100.0, Kind.DATE, ColumnFormat(since_1904=True)) == date(2022, 1, 1)

    @given(st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)))
    def test_every_moment_survives_export_and_import(self, moment):
        whole = moment.replace(microsecond=0)
        assert read_cell(csv_cell(whole), Kind.DATETIME) == whole
        assert read_cell(csv_cell(whole.date()), Kind.DATE) == whole.date()

    @given(st.dates(date(1970, 1, 1), date(2068, 12, 31)), st.sampled_from(list(Order)))
    def test_every_order_reads_what_it_wrote(self, day, order):
        text = {Order.DMY: "%d/%m/%Y", Order.MDY: "%m/%d/%Y", Order.YMD: "%y-%m-%d"}[order]
        assert read_cell(day.strftime(text), Kind.DATE, ColumnFormat(date_order=order)) == day


class TestTexts:
    def test_numbers_typed_as_numbers_keep_their_digits(self):
        assert read_cell(13800138000.0, Kind.PHONE) == "13800138000"
        assert read_cell(5021, Kind.TEXT) == "5021"
        assert read_cell("05021", Kind.TEXT) == "05021"
        assert problem_of(1.101011990030712e17, Kind.TEXT) == "too_many_digits"

    def test_eighteen_digits_whose_end_became_zeros(self):
        broken = column(Kind.TEXT, "110101199003070000", "320102198805120000")
        assert problem_of("110101199003070000", Kind.TEXT, ends_lost=broken.ends_lost) == "too_many_digits"
        sound = column(Kind.TEXT, "110101199003071234", "320102198805124321", "110101199003070000")
        assert read_cell("110101199003070000", Kind.TEXT, sound) == "110101199003070000"

    def test_shortened_ids_are_reported_and_codes_are_not(self):
        assert problem_of("1.38E+10", Kind.TEXT) == "shortened_number"
        assert read_cell("3E10", Kind.TEXT) == "3E10"

    @pytest.mark.parametrize("text", ["+86 138 0013 8000", "(5) 555-4729", "030-0074321", "400-800-8888转123"])
    def test_phones(self, text):
        assert read_cell(text, Kind.PHONE) == text

    @pytest.mark.parametrize(
        ("text", "kind", "code"),
        [
            ("call me", Kind.PHONE, "not_a_phone"),
            ("a@b", Kind.EMAIL, "not_an_email"),
            ("nowhere", Kind.URL, "not_a_url"),
            ("javascript:alert(1)", Kind.URL, "not_a_url"),
        ],
    )
    def test_refuses(self, text, kind, code):
        assert problem_of(text, kind) == code

    def test_contacts(self):
        assert read_cell("mailto:Ann@Example.com", Kind.EMAIL) == "ann@example.com"
        assert read_cell("www.example.com", Kind.URL) == "https://www.example.com"

    @given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
    def test_every_text_survives_export_and_import(self, text):
        back = read_cell(csv_cell(text), Kind.LONG_TEXT, ColumnFormat(missing=frozenset()))
        assert (back or "") == text.strip()


class TestMissing:
    @pytest.mark.parametrize("text", ["", "  ", "NULL", "n/a", "?", "-", "无", "Ｎ／Ａ", None])
    @pytest.mark.parametrize("kind", [Kind.TEXT, Kind.MONEY, Kind.DATE, Kind.PHONE, Kind.CHOICE])
    def test_markers(self, text, kind):
        assert read_cell(text, kind) is None

    def test_markers_can_be_chosen(self):
        assert read_cell("Select", Kind.TEXT, ColumnFormat(missing=MISSING | {"select"})) is None
        assert read_cell("Select", Kind.TEXT) == "Select"
        assert read_cell("NULL", Kind.TEXT, ColumnFormat(missing=frozenset({""}))) == "NULL"


class TestBooleansAndChoices:
    @pytest.mark.parametrize("cell", ["true", "TRUE", "1", "yes", "Y", "是", True, 1, 1.0, "√"])
    def test_yes(self, cell):
        assert read_cell(cell, Kind.BOOLEAN) is True

    @pytest.mark.parametrize("cell", ["false", "0", "No", "n", "否", False, 0, 0.0, "×", "无"])
    def test_no(self, cell):
        assert read_cell(cell, Kind.BOOLEAN) is False

    def test_neither(self):
        assert problem_of("maybe", Kind.BOOLEAN) == "not_yes_or_no"
        assert problem_of(2, Kind.BOOLEAN) == "not_yes_or_no"
        assert read_cell("", Kind.BOOLEAN) is None

    def test_choices_by_key_and_by_label_in_both_languages(self):
        words = choice_words([("won", ["Won", "赢单"]), ("lost", ["Lost", "输单"]), ("x", ["Same"]), ("y", ["same"])])
        for cell in ("won", " WON ", "赢单", "Ｗｏｎ"):
            assert read_cell(cell, Kind.CHOICE, ColumnFormat(choices=words)) == "won"
        assert problem_of("Same", Kind.CHOICE, choices=words) == "not_a_choice"
        assert problem_of("pending", Kind.CHOICE, choices=words) == "not_a_choice"


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2", "300"], Kind.INTEGER),
        (["1.5", "2", ""], Kind.DECIMAL),
        (["55%", "30%"], Kind.PERCENT),
        (["2026-01-01", "2026-01-02", "NULL"], Kind.DATE),
        (["01/02/2026", "03/04/2026"], Kind.DATE),
        (["2026-01-01 10:00"], Kind.DATETIME),
        (["yes", "no", "yes"], Kind.BOOLEAN),
        (["a@example.com", "b@example.com"], Kind.EMAIL),
        (["13800138000", "13900139000"], Kind.PHONE),
        (["https://example.com", "www.example.org"], Kind.URL),
        (["05021", "12209"], Kind.TEXT),
        (["Ann", "Bob"], Kind.TEXT),
        ([], Kind.TEXT),
    ],
)
def test_infers_kinds(cells, kind):
    assert infer_kind(cells) is kind


class TestRealFiles:
    def values(self, path, kinds, **reading):
        """Rows with the named columns read as those kinds; every problem fails the test."""
        table = open_table(inspect_file(path), Reading(**reading))
        where = {c.number - 1: kinds[c.header] for c in table.columns if c.header in kinds}
        where |= {index: kind for index, kind in kinds.items() if isinstance(index, int)}
        profiles = {index: ColumnProfile(kind) for index, kind in where.items()}
        for row in table.rows():
            for index, profile in profiles.items():
                profile.observe(row.cells[index])
        formats = {index: profile.conclude() for index, profile in profiles.items()}
        return [[read_cell(row.cells[i], kind, formats[i]) for i, kind in where.items()] for row in table.rows()]

    @pytest.fixture(scope="class")
    def facts(self, real):
        return json.loads((real / "facts.json").read_text(encoding="utf-8"))

    def test_three_forms_of_the_pipeline_say_the_same(self, real):
        folder = real / "maven_crm_sales"
        kinds = {"opportunity_id": Kind.TEXT, "engage_date": Kind.DATE, "close_date": Kind.DATE, "close_value": Kind.MONEY}
        plain = sorted(self.values(folder / "sales_pipeline.csv", kinds), key=lambda row: row[0])
        days_first = sorted(self.values(folder / "variant_sales_pipeline_ddmmyy.csv", kinds), key=lambda row: row[0])
        assert plain == days_first
        assert len(plain) == 8800
        assert sum(row[3] or 0 for row in plain) == 10_005_534
        named = self.values(
            folder / "variant_data_model.xlsx", {"close_value": Kind.MONEY, "close_date": Kind.DATE}, sheet="sales_pipeline"
        )
        assert sum(value or 0 for row in named for value in row if isinstance(value, Decimal)) == 10_005_534

    def test_chinese_sales(self, real, facts):
        known = facts["cn_encodings"]
        sales = self.values(real / "cn_encodings/gbk_quarter.csv", {"各国销售额": Kind.MONEY, "各国利润": Kind.MONEY})
        assert float(sum(row[0] for row in sales)) == known["gbk"]["sales_sum"]
        assert float(sum(row[1] for row in sales)) == known["gbk"]["profit_sum"]
        lost = self.values(real / "cn_encodings/mojibake_header_SalseData.csv", {0: Kind.DATE, 5: Kind.MONEY, 6: Kind.MONEY})
        assert float(sum(row[1] for row in lost)) == known["mojibake_sales"]["sales_sum"]
        assert sum(row[2] is None for row in lost) == known["mojibake_sales"]["profit_dash_cells"]
        assert sum((row[2] or 0) < 0 for row in lost) == known["mojibake_sales"]["negative_profit_rows"]
        person = self.values(real / "cn_encodings/mojibake_header_SalsePersonData.csv", {3: Kind.INTEGER, 4: Kind.PERCENT})
        assert sum(row[0] for row in person) == known["mojibake_person"]["contracts"]
        assert person[0][1] == 55

    def test_taipei_prices(self, real, facts):
        prices = self.values(real / "cn_encodings/big5_A_lvr_land_A.CSV", {"總價元": Kind.INTEGER})
        assert sum(row[0] for row in prices) == facts["cn_encodings"]["big5"]["total_price_sum"]

    def test_northwind(self, real, facts):
        orders = self.values(real / "northwind/orders.csv", {"requiredDate": Kind.DATE, "shippedDate": Kind.DATE})
        assert sum(row[1] is None for row in orders) == facts["northwind"]["orders_not_shipped"]
        assert sum(row[1] is not None and row[1] > row[0] for row in orders) == facts["northwind"]["shipped_late"]
        names = {"region": Kind.TEXT, "postalCode": Kind.TEXT, "fax": Kind.PHONE, "phone": Kind.PHONE}
        customers = self.values(real / "northwind/customers.csv", names)
        missing = facts["northwind"]["NULL_cells_customers"]
        assert [sum(row[i] is None for row in customers) for i in (0, 1, 3)] == [
            missing["region"],
            missing["postalCode"],
            missing["fax"],
        ]
        assert "05021" in {row[1] for row in customers}

    def test_salesforce_moments(self, real):
        rows = self.values(real / "salesforce_sample/workshop_Opportunity.csv", {"CreatedDate": Kind.DATETIME, "CloseDate": Kind.DATE})
        assert len(rows) == 50
        assert all(isinstance(row[0], date) or isinstance(row[1], date) for row in rows)


def test_offsets_are_kept():
    moment = read_cell("2026-01-01 10:00 +08:00", Kind.DATETIME)
    assert moment.utcoffset() == timedelta(hours=8)
