"""Headers find their fields by name in every language; likeness only suggests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.dataexchange.rules.headers import How, Target, match_headers, normalise

TARGETS = [
    Target("name", ("Customer name", "客户名称"), ("account", "公司名称")),
    Target("phone", ("Phone", "电话"), ("telephone", "tel")),
    Target("mobile", ("Mobile", "手机")),
    Target("amount", ("Amount", "金额"), ("close_value",)),
    Target("annual_revenue", ("Annual revenue", "年营业额"), ("revenue",)),
    Target("postal_code", ("Postal code", "邮编"), ("zip",)),
]


def matched(*headers, **options):
    """[(field, how)] of every header."""
    return [(match.target, match.how) for match in match_headers(headers, TARGETS, **options)]


@pytest.mark.parametrize(
    ("header", "field", "how"),
    [
        ("Customer name", "name", How.LABEL),
        ("客户名称", "name", How.LABEL),
        ("  客户_名称 ", "name", How.LABEL),
        ("\ufeffcustomer-NAME*", "name", How.LABEL),
        ("ｐｈｏｎｅ", "phone", How.LABEL),
        ("金额（元）", "amount", How.LABEL),
        ("Amount (CNY)", "amount", How.LABEL),
        ("annual_revenue", "annual_revenue", How.LABEL),
        ("postalCode", "postal_code", How.LABEL),
        ("Mobile__c", "mobile", How.LABEL),
        ("account", "name", How.SYNONYM),
        ("close_value", "amount", How.SYNONYM),
        ("Annual revenues", "annual_revenue", How.SIMILAR),
        ("weather", None, How.NONE),
        ("", None, How.NONE),
        ("??", None, How.NONE),
    ],
)
def test_matches(header, field, how):
    assert matched(header) == [(field, how)]


@pytest.mark.parametrize(("header", "field"), [("客户名", "name"), ("联系电话", "phone"), ("Telefon", "phone")])
def test_what_is_only_similar_is_suggested_not_taken(header, field):
    match = match_headers([header], TARGETS)[0]
    assert match.target is None
    assert field in [suggestion.target for suggestion in match.suggestions]


def test_a_field_is_given_once_and_to_the_clearest_column():
    assert matched("account", "Customer name") == [(None, How.NONE), ("name", How.LABEL)]
    assert matched("Phone", "phone") == [("phone", How.LABEL), (None, How.NONE)]
    assert matched("Amount (net)", "Amount") == [(None, How.NONE), ("amount", How.LABEL)]


def test_an_earlier_choice_wins_and_a_field_that_is_gone_does_not():
    remembered = {"Account": "phone", "Old": "removed"}
    assert matched("account", "old", "Phone", remembered=remembered) == [
        ("phone", How.REMEMBERED),
        (None, How.NONE),
        (None, How.NONE),
    ]


def test_a_word_of_two_fields_decides_nothing():
    both = [Target("a", ("Date",)), Target("b", ("date",))]
    assert match_headers(["Date"], both)[0].target is None


@given(st.lists(st.text(max_size=12), max_size=12))
def test_every_column_gets_an_answer_and_no_field_two(headers):
    matches = match_headers(headers, TARGETS)
    assert [match.column for match in matches] == list(range(1, len(headers) + 1))
    given_out = [match.target for match in matches if match.target]
    assert len(given_out) == len(set(given_out))


@given(st.text())
def test_normalising_twice_changes_nothing(header):
    assert normalise(normalise(header)) == normalise(header)


def test_headers_of_real_files():
    pipeline = ["opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date", "close_date", "close_value"]
    fields = [
        Target("number", ("Number", "编号"), ("opportunity_id",)),
        Target("owner", ("Owner", "负责人"), ("sales_agent",)),
        Target("customer", ("Customer", "客户"), ("account",)),
        Target("stage", ("Stage", "阶段"), ("deal_stage",)),
        Target("closed_on", ("Close date", "关闭日期")),
        Target("amount", ("Amount", "金额"), ("close_value",)),
    ]
    assert [match.target for match in match_headers(pipeline, fields)] == [
        "number", "owner", None, "customer", "stage", None, "closed_on", "amount",
    ]  # fmt: skip
