"""Old Office files (OLE compound files): which streams they hold, and how large an old workbook's sheets claim to be."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
END_OF_CHAIN = 0xFFFFFFFE  # and above it: unused
HEADER_FAT_SLOTS = 109
DIRECTORY_ENTRY = 128
SMALL_STREAM, SMALL_SECTOR = 4096, 64  # shorter streams share the root entry's stream, cut into small sectors

BEGIN, END, FILE_PASS, FORMULA, BOOL_OR_ERROR = 0x0809, 0x000A, 0x002F, 0x0006, 0x0205
WORKSHEET = 0x0010
CELLS = {FORMULA, BOOL_OR_ERROR, 0x0201, 0x0203, 0x0204, 0x027E, 0x00FD}
CELL_RUNS = {0x00BD, 0x00BE}  # several cells of one row; the last two bytes name the last column


class BrokenCompound(ValueError):
    """The chains of the file lead nowhere."""


@dataclass(frozen=True, slots=True)
class Stream:
    """An entry of the directory."""

    name: str
    start: int
    size: int


class Compound:
    """The sectors of one file, held in memory (the size of an upload is limited)."""

    def __init__(self, content: bytes) -> None:
        if len(content) < 512 or not content.startswith(SIGNATURE):
            raise BrokenCompound
        self.content = content
        shift = struct.unpack_from("<H", content, 30)[0]
        if shift not in (9, 12):
            raise BrokenCompound
        self.sector_size = 1 << shift
        self.fat = self._read_fat()
        entries = list(self._read_directory())
        if not entries:
            raise BrokenCompound
        self.root, self.streams = entries[0], {entry.name: entry for entry in entries}

    @classmethod
    def at(cls, path: Path) -> "Compound":
        return cls(path.read_bytes())

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.sector_size
        return self.content[start : start + self.sector_size]

    def _read_fat(self) -> list[int]:
        sectors = [n for n in struct.unpack_from(f"<{HEADER_FAT_SLOTS}I", self.content, 76) if n < END_OF_CHAIN]
        following, per_sector = struct.unpack_from("<I", self.content, 68)[0], self.sector_size // 4
        seen = 0
        while following < END_OF_CHAIN:
            slots = self._integers(following)
            sectors += [n for n in slots[:-1] if n < END_OF_CHAIN]
            following, seen = slots[-1], seen + 1
            if seen * per_sector > len(self.content):
                raise BrokenCompound
        if len(sectors) * self.sector_size > len(self.content):
            raise BrokenCompound
        return [entry for sector in sectors for entry in self._integers(sector)]

    def _integers(self, sector: int) -> tuple[int, ...]:
        data = self._sector(sector)
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]) or (END_OF_CHAIN,)

    def _chain(self, start: int) -> Iterator[bytes]:
        sector, left = start, len(self.fat) + 1
        while sector < END_OF_CHAIN:
            if sector >= len(self.fat) or left == 0:
                raise BrokenCompound
            yield self._sector(sector)
            sector, left = self.fat[sector], left - 1

    def _read_directory(self) -> Iterator[Stream]:
        data = b"".join(self._chain(struct.unpack_from("<I", self.content, 48)[0]))
        for offset in range(0, len(data) - DIRECTORY_ENTRY + 1, DIRECTORY_ENTRY):
            length = struct.unpack_from("<H", data, offset + 64)[0]
            if data[offset + 66] and length <= 64:  # an entry in use; the root of some writers has no name
                name = data[offset : offset + max(length - 2, 0)].decode("utf-16-le", "replace")
                start, size = struct.unpack_from("<II", data, offset + 116)
                yield Stream(name, start, size)

    def read(self, name: str) -> bytes:
        """The bytes of a stream."""
        stream = self.streams[name]
        return self._read_small(stream) if stream.size < SMALL_STREAM else self._read_large(stream)

    def _read_large(self, stream: Stream) -> bytes:
        return b"".join(self._chain(stream.start))[: stream.size]

    def _read_small(self, stream: Stream) -> bytes:
        shared = self._read_large(self.root)
        table = b"".join(self._chain(struct.unpack_from("<I", self.content, 60)[0]))
        following = struct.unpack(f"<{len(table) // 4}I", table)
        parts: list[bytes] = []
        sector = stream.start
        while sector < END_OF_CHAIN:
            if sector >= len(following) or len(parts) > len(following):
                raise BrokenCompound
            parts.append(shared[sector * SMALL_SECTOR : (sector + 1) * SMALL_SECTOR])
            sector = following[sector]
        return b"".join(parts)[: stream.size]


@dataclass(slots=True)
class OldSheet:
    """How far the cells of one sheet reach, and which (row, column), from 0, hold an error."""

    rows: int = 0
    columns: int = 0
    errors: set[tuple[int, int]] = field(default_factory=set)

    def include(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)


@dataclass(frozen=True, slots=True)
class OldWorkbook:
    """What the records of a .xls say before anybody parses them."""

    encrypted: bool
    sheets: list[OldSheet]


def survey_workbook(stream: bytes) -> OldWorkbook:
    """Walk the records of a BIFF stream once. Charts inside a sheet are streams of their own and do not count."""
    sheets: list[OldSheet] = []
    encrypted, depth, offset = False, 0, 0
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        body = stream[offset + 4 : offset + 4 + length]
        if kind == BEGIN and length >= 4:
            if depth == 0 and struct.unpack_from("<H", body, 2)[0] == WORKSHEET:
                sheets.append(OldSheet())
            depth += 1
        elif kind == END:
            depth -= 1
        elif kind == FILE_PASS:
            encrypted = True
        elif sheets and len(body) >= 6 and kind in CELLS | CELL_RUNS:
            _include(sheets[-1], kind, body)
        offset += 4 + length
    return OldWorkbook(encrypted, sheets)


def _include(sheet: OldSheet, kind: int, body: bytes) -> None:
    row, column = struct.unpack_from("<HH", body)
    if kind in CELL_RUNS:
        column = struct.unpack_from("<H", body, len(body) - 2)[0]
    sheet.include(row, column)
    is_error = (kind == BOOL_OR_ERROR and body[7:8] == b"\x01") or (kind == FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2)
    if is_error:
        sheet.errors.add((row, column))
