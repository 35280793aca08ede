"""One parser for forms, API and files: what people write is read, what makes no sense gets a sentence."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.core.choices import Choice
from app.core.fields import Field, Kind
from app.core.rules.values import Unreadable, read_value


class Colour(Choice):
    """A closed set for these tests."""

    RED = "red", "Red"
    BLUE = "blue", "Blue"


def field(kind: Kind, **more) -> Field:
    return Field(label="Field", kind=kind, name="field", **more)


TEXT = field(Kind.TEXT, max_length=10)
NOTE = field(Kind.LONG_TEXT, max_length=100)
WHOLE = field(Kind.INTEGER, minimum=0, maximum=1000)
AMOUNT = field(Kind.MONEY, minimum=0, maximum=99_999_999_999_999)
BALANCE = field(Kind.MONEY)
SHARE = field(Kind.PERCENT, minimum=0, maximum=100)
DAY, MOMENT, FLAG = field(Kind.DATE), field(Kind.DATETIME), field(Kind.BOOLEAN)
LINK, PHONE, EMAIL, SITE = field(Kind.REFERENCE), field(Kind.PHONE, max_length=40), field(Kind.EMAIL, max_length=60), field(Kind.URL)
PICK = field(Kind.CHOICE, choices=Colour)

READ = [
    (TEXT, "  张三 ", "张三"),
    (TEXT, "e\u0301", "é"),
    (TEXT, "👨‍👩‍👧", "👨‍👩‍👧"),
    (TEXT, 2026, "2026"),
    (TEXT, "", None),
    (TEXT, "   ", None),
    (TEXT, None, None),
    (NOTE, "  indented\r\nlines  \n", "  indented\nlines"),
    (WHOLE, "1,000", 1000),
    (WHOLE, "１２３", 123),
    (WHOLE, 7, 7),
    (WHOLE, 7.0, 7),
    (AMOUNT, "1,234.56", Decimal("1234.56")),
    (AMOUNT, "￥1234.5", Decimal("1234.50")),
    (AMOUNT, "$ 12", Decimal("12.00")),
    (AMOUNT, 0.1, Decimal("0.10")),
    (AMOUNT, "99999999999999", Decimal("99999999999999.00")),
    (BALANCE, "-5", Decimal("-5.00")),
    (SHARE, "12.5%", Decimal("12.50")),
    (DAY, "2026-01-31", date(2026, 1, 31)),
    (DAY, "2026/1/31", date(2026, 1, 31)),
    (DAY, "2026.01.31", date(2026, 1, 31)),
    (DAY, "2026年1月31日", date(2026, 1, 31)),
    (DAY, datetime(2026, 1, 31, 23, 0, tzinfo=UTC), date(2026, 1, 31)),
    (MOMENT, "2026-01-31 14:30", datetime(2026, 1, 31, 6, 30, tzinfo=UTC)),
    (MOMENT, "2026-01-31T14:30:00+00:00", datetime(2026, 1, 31, 14, 30, tzinfo=UTC)),
    (FLAG, "on", True),
    (FLAG, "是", True),
    (FLAG, "", False),
    (FLAG, None, False),
    (LINK, "17", 17),
    (LINK, 17, 17),
    (LINK, str(2**63 - 1), 2**63 - 1),
    (PHONE, "138 0013 8000", "138 0013 8000"),
    (PHONE, "+49 (30) 1234567", "+49 (30) 1234567"),
    (PHONE, "０１０-12345678", "010-12345678"),
    (PHONE, "010-12345678转123", "010-12345678转123"),
    (EMAIL, "Mei.Lin@Example.COM", "mei.lin@example.com"),
    (SITE, "example.com", "https://example.com"),
    (SITE, "http://例子.中国/路", "http://例子.中国/路"),
    (PICK, "red", Colour.RED),
]
UNREADABLE = [
    (TEXT, "x" * 11),
    (TEXT, "a\x00b"),
    (TEXT, "a\x1bb"),
    (TEXT, "\ud800"),
    (TEXT, True),
    (TEXT, ["a"]),
    (TEXT, {"a": 1}),
    (NOTE, "x" * 300_000),
    (NOTE, "half a pair \udc00"),
    (WHOLE, "1.5"),
    (WHOLE, "-1"),
    (WHOLE, "1001"),
    (WHOLE, "1e3"),
    (WHOLE, "12,34"),
    (WHOLE, True),
    (AMOUNT, "1.234"),
    (AMOUNT, "NaN"),
    (AMOUNT, float("nan")),
    (AMOUNT, float("inf")),
    (AMOUNT, "12 apples"),
    (AMOUNT, "9" * 300),
    (BALANCE, "9" * 300),
    (BALANCE, -1e308),
    (SHARE, "100.01"),
    (DAY, "2026-02-30"),
    (DAY, "31.01.2026"),
    (DAY, "2026-01/31"),
    (DAY, "20260131"),
    (DAY, "0001-01-01"),
    (DAY, "9999-12-31"),
    (DAY, 20260131.5),
    (MOMENT, "soon"),
    (MOMENT, "9999-12-31 23:59"),
    (FLAG, "perhaps"),
    (LINK, "0"),
    (LINK, "-1"),
    (LINK, "1e3"),
    (LINK, "１２"),
    (LINK, str(10**20)),
    (LINK, True),
    (LINK, "x"),
    (PHONE, "call me"),
    (PHONE, "1"),
    (EMAIL, "nobody"),
    (EMAIL, "a@b"),
    (EMAIL, "a b@example.com"),
    (SITE, "javascript:alert(1)"),
    (SITE, "ftp://example.com"),
    (PICK, "green"),
    (PICK, ["red"]),
    (PICK, {}),
]


@pytest.mark.parametrize(("described", "raw", "value"), READ, ids=lambda v: repr(v)[:24])
def test_what_can_be_read(described, raw, value):
    assert read_value(described, raw, zone="Asia/Shanghai") == value


@pytest.mark.parametrize(("described", "raw"), UNREADABLE, ids=lambda v: repr(v)[:24])
def test_what_cannot_be_read_gets_a_sentence(described, raw):
    with pytest.raises(Unreadable) as refused:
        read_value(described, raw)
    assert refused.value.sentence
