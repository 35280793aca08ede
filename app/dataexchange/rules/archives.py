"""Zip containers (xlsx, ods) before anybody parses them: honest sizes, no bombs, no tricks."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from app.dataexchange.rules.problems import refuse

MAX_UNPACKED = 200 * 1024 * 1024
MAX_ENTRIES = 1_000
MAX_RATIO = 100  # workbooks people make stay below 25; sheets of equal rows below 40
RATIO_MATTERS_FROM = 256 * 1024
MAX_DIRECTORY = 1024 * 1024
CHUNK = 64 * 1024
END_RECORD, LOCAL_HEADER = b"PK\x05\x06", b"PK\x03\x04"
ENCRYPTED_FLAG = 0x1


def open_archive(path: Path) -> zipfile.ZipFile:
    """The archive, after its directory has been found modest and free of tricks; Refused otherwise."""
    _check_directory_size(path)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise refuse("damaged") from error
    try:
        _check_entries(archive.infolist())
    except BaseException:
        archive.close()
        raise
    return archive


def _check_directory_size(path: Path) -> None:
    """Before the standard library builds an object per entry: a million entries fit into a small file."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_557))
        tail = file.read()
    position = tail.rfind(END_RECORD)
    if position < 0 or len(tail) < position + 22:
        raise refuse("damaged")
    entries, size = struct.unpack_from("<HI", tail, position + 10)
    if entries > MAX_ENTRIES or size > MAX_DIRECTORY:
        raise refuse("unsafe_archive")


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES or len({entry.filename for entry in entries}) != len(entries):
        raise refuse("unsafe_archive")
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        raise refuse("encrypted")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise refuse("too_large_unpacked", limit=MAX_UNPACKED >> 20)
    for entry in entries:
        if entry.file_size > RATIO_MATTERS_FROM and entry.file_size > MAX_RATIO * entry.compress_size:
            raise refuse("unsafe_archive")
        if _escapes(entry.filename) or _is_link(entry):
            raise refuse("unsafe_archive")
    placed = sorted(entries, key=lambda entry: entry.header_offset)
    for entry, following in zip(placed, placed[1:], strict=False):
        if entry.header_offset + len(LOCAL_HEADER) + entry.compress_size > following.header_offset:
            raise refuse("unsafe_archive")  # overlapping entries unpack the same bytes again and again


def _escapes(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0] or "\x00" in name


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return (entry.external_attr >> 16) & 0o170000 == 0o120000


def unpack(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry in pieces; Refused as soon as it holds more than the directory said."""
    file.seek(entry.header_offset)
    header = file.read(30)
    if len(header) < 30 or not header.startswith(LOCAL_HEADER) or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refuse("unsafe_archive")
    name_length, extra_length = struct.unpack_from("<HH", header, 26)
    file.seek(name_length + extra_length, 1)
    packed, unpacked = entry.compress_size, 0
    inflate = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    while packed > 0:
        data = file.read(min(CHUNK, packed))
        if not data:
            raise refuse("damaged")
        packed -= len(data)
        while data:
            try:
                piece = inflate.decompress(data, CHUNK * 16) if inflate else data
            except zlib.error as error:
                raise refuse("damaged") from error
            data = inflate.unconsumed_tail if inflate else b""
            unpacked += len(piece)
            if unpacked > entry.file_size:
                raise refuse("unsafe_archive")
            yield piece
    if unpacked != entry.file_size:
        raise refuse("damaged")


def read_small(archive: zipfile.ZipFile, name: str, limit: int = 4 * 1024 * 1024) -> bytes:
    """One of the little administrative parts."""
    try:
        with archive.open(name) as part:
            return part.read(limit)
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise refuse("damaged") from error
