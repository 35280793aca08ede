"""The filter language: what a link may ask."""

import pytest

from app.core.fields import Field, Kind
from app.core.rules.filters import OPERATORS, Filter, operators_of, parse_filter


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("level:eq:a", Filter("level", "eq", "a")),
        ("name:contains:a:b", Filter("name", "contains", "a:b")),
        ("city:empty", Filter("city", "empty")),
        ("due:gte:2026-01-31 08:30", Filter("due", "gte", "2026-01-31 08:30")),
        ("owner_id:eq:me", Filter("owner_id", "eq", "me")),
    ],
)
def test_it_is_read_and_written_back(text, asked):
    assert parse_filter(text) == asked
    assert str(asked) == text


@pytest.mark.parametrize("text", ["", "city", "city:eq", "city:like:x", ":", "::", "a:EQ:b", "x" * 5000])
def test_what_is_no_filter(text):
    assert parse_filter(text) is None


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_can_be_asked_something(kind):
    offered = operators_of(Field(label="Field", kind=kind))
    assert offered
    assert set(offered) <= set(OPERATORS)


@pytest.mark.parametrize(("target", "further"), [("department", "under"), ("user", "led_by"), ("customer", None)])
def test_trees_can_be_asked_for_what_lies_below(target, further):
    offered = set(operators_of(Field(label="Field", kind=Kind.REFERENCE, target=target)))
    assert offered & {"under", "led_by"} == ({further} if further else set())
