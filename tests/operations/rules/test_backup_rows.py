"""Rows in a backup: nothing is lost on the way, and the same values are the same bytes."""

from datetime import UTC, date, datetime
from decimal import Decimal

from app.operations.rules.backup_rows import ColumnKind, Tally, row_decoder, row_encoder

ROW = {
    ColumnKind.TEXT: "换行\n\t\"'\\  😀",
    ColumnKind.INTEGER: 2**62,
    ColumnKind.BOOLEAN: True,
    ColumnKind.FLOAT: 0.1,
    ColumnKind.DECIMAL: Decimal("0.000001"),
    ColumnKind.MONEY: Decimal("-99999999999999.99"),
    ColumnKind.DATE: date(2028, 2, 29),
    ColumnKind.LOCAL: datetime(2026, 1, 1, 23, 59, 59),
    ColumnKind.MOMENT: datetime(2026, 1, 1, 12, 0, 0, 1, tzinfo=UTC),
    ColumnKind.JSON: {"b": [1, None, "二"], "a": {}},
    ColumnKind.BYTES: bytes(range(256)),
}


def test_there_and_back() -> None:
    kinds, values = list(ROW), list(ROW.values())
    line = row_encoder(kinds)(values)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert row_decoder(kinds)(line) == values
    nothing = [None] * len(kinds)
    assert row_decoder(kinds)(row_encoder(kinds)(nothing)) == nothing


def test_the_same_value_from_two_databases() -> None:
    encode = row_encoder([ColumnKind.DECIMAL, ColumnKind.BOOLEAN, ColumnKind.JSON, ColumnKind.LOCAL])
    one = encode([Decimal("12.50"), True, {"a": 1, "b": 2}, datetime(2026, 1, 1, 1, 1, 1, 999)])
    other = encode([Decimal("12.5000000000"), 1, {"b": 2, "a": 1}, datetime(2026, 1, 1, 1, 1, 1)])
    assert one == other


def test_tally_knows_no_order_but_every_row() -> None:
    lines = [b"1\n", b"2\n", b"2\n"]
    sums = []
    for order in (lines, lines[::-1], lines[:2], [b"1\n", b"1\n", b"2\n"]):
        tally = Tally()
        for line in order:
            tally.add(line)
        sums.append((tally.rows, tally.checksum))
    assert sums[0] == sums[1]
    assert len(set(sums)) == 3
