"""How a row stands in a backup: the same text whichever database it came from, so that it can go into any other."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any


class ColumnKind(StrEnum):
    """What a column holds, apart from how a database keeps it."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    FLOAT = "float"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    TIME = "time"
    LOCAL = "local"  # a point in time without a zone, to the second: some databases keep no more
    MOMENT = "moment"  # UTC, to the microsecond
    JSON = "json"
    BYTES = "bytes"


def _iso(value: Any) -> str:
    return str(value.isoformat())


ENCODERS: dict[ColumnKind, Callable[[Any], Any]] = {
    ColumnKind.DECIMAL: lambda value: format(value.normalize(), "f"),  # 12.50 and 12.5 are the same number
    ColumnKind.MONEY: str,
    ColumnKind.DATE: _iso,
    ColumnKind.TIME: _iso,
    ColumnKind.LOCAL: lambda value: _iso(value.replace(microsecond=0)),
    ColumnKind.MOMENT: lambda value: value.isoformat(timespec="microseconds"),
    ColumnKind.BYTES: lambda value: base64.b64encode(value).decode("ascii"),
    ColumnKind.BOOLEAN: bool,
    ColumnKind.FLOAT: float,
}
DECODERS: dict[ColumnKind, Callable[[Any], Any]] = {
    ColumnKind.DECIMAL: Decimal,
    ColumnKind.MONEY: Decimal,
    ColumnKind.DATE: date.fromisoformat,
    ColumnKind.TIME: time.fromisoformat,
    ColumnKind.LOCAL: datetime.fromisoformat,
    ColumnKind.MOMENT: datetime.fromisoformat,
    ColumnKind.BYTES: base64.b64decode,
}


# Made once: json.dumps with options of one's own makes an encoder for every call.
_WRITE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

Encode = Callable[[Sequence[Any]], bytes]
Decode = Callable[[bytes], list[Any]]


def row_encoder(kinds: Sequence[ColumnKind]) -> Encode:
    """Makes a row one line: a JSON array in column order, the same bytes for the same values."""
    changed = [(place, ENCODERS[kind]) for place, kind in enumerate(kinds) if kind in ENCODERS]

    def encode(values: Sequence[Any]) -> bytes:
        plain = list(values)
        for place, change in changed:
            if plain[place] is not None:
                plain[place] = change(plain[place])
        return _WRITE(plain).encode() + b"\n"

    return encode


def row_decoder(kinds: Sequence[ColumnKind]) -> Decode:
    """Makes a line the values of a row."""
    changed = [(place, DECODERS[kind]) for place, kind in enumerate(kinds) if kind in DECODERS]

    def decode(line: bytes) -> list[Any]:
        values: list[Any] = json.loads(line)
        for place, change in changed:
            if values[place] is not None:
                values[place] = change(values[place])
        return values

    return decode


@dataclass
class Tally:
    """Number of rows and a sum that does not depend on their order, since databases sort text differently."""

    rows: int = 0
    total: int = 0

    def add(self, line: bytes) -> None:
        self.rows += 1
        self.total = (self.total + int.from_bytes(hashlib.sha256(line).digest()[:16])) % 2**128

    @property
    def checksum(self) -> str:
        return f"{self.total:032x}"
