"""What a file really is, by its content and never by its name, and whether it is small and honest enough to be read."""

import struct
import zipfile
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from app.dataexchange.rules import compound, survey
from app.dataexchange.rules.archives import open_archive, read_small
from app.dataexchange.rules.compound import BrokenCompound, Compound, OldSheet
from app.dataexchange.rules.encodings import MARKS, looks_wide
from app.dataexchange.rules.problems import refuse
from app.dataexchange.rules.survey import MAX_CELLS, SheetSurvey

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 1_000_000
MAX_COLUMNS = 200
MAX_CELL = 32_767
HEAD = 64 * 1024


class FileKind(StrEnum):
    """The kinds that are read."""

    TEXT = "text"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that may be parsed, with what its cells said beforehand."""

    path: Path
    kind: FileKind
    parts: dict[str, SheetSurvey] = field(default_factory=dict)  # xlsx: by part of the archive
    tables: list[SheetSurvey] = field(default_factory=list)  # ods: in the order of the sheets
    old_sheets: list[OldSheet] = field(default_factory=list)  # xls: in the order of the worksheets


IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*", b"BM", b"\x00\x00\x01\x00")
PACKED = (b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
WEB = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<svg")
ODS_TYPES = (b"application/vnd.oasis.opendocument.spreadsheet", b"application/vnd.oasis.opendocument.spreadsheet-template")
CONTROL = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0C, 0x0D, 0x1A})


def inspect_file(path: Path) -> Inspected:
    """The file, known and within the limits; Refused with a sentence otherwise. Nothing is parsed before this."""
    size = path.stat().st_size
    if size == 0:
        raise refuse("empty_file")
    if size > MAX_BYTES:
        raise refuse("too_many_bytes", limit=MAX_BYTES >> 20)
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _inspect_archive(path)
    if head.startswith(compound.SIGNATURE):
        return _inspect_compound(path)
    _check_is_text(head)
    return Inspected(path, FileKind.TEXT)


def _check_is_text(head: bytes) -> None:
    if b"%PDF-" in head[:1024]:
        raise refuse("pdf")
    if _is_image(head):
        raise refuse("image")
    if head.startswith((*PACKED, b"PK\x05\x06")):
        raise refuse("archive")
    if head.startswith(b"{\\rtf"):
        raise refuse("other_document")
    marked = head.startswith(tuple(mark for mark, _ in MARKS))
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    if text.startswith(WEB):
        raise refuse("web_page")
    if not marked and not looks_wide(head) and _looks_binary(head):
        raise refuse("not_a_table")
    if not head.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise refuse("empty_file")


def _is_image(head: bytes) -> bool:
    if head.startswith(b"BM"):  # two letters are also the beginning of a text
        return len(head) > 26 and struct.unpack_from("<I", head, 14)[0] in (12, 40, 108, 124)
    return head.startswith(IMAGES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or head[4:12] in (b"ftypheic", b"ftypavif")


def _looks_binary(head: bytes) -> bool:
    controls = len(head) - len(head.translate(None, CONTROL))
    return controls > max(8, len(head) // 50)


def _inspect_archive(path: Path) -> Inspected:
    with open_archive(path) as archive:
        names = set(archive.namelist())
        if "mimetype" in names and read_small(archive, "mimetype", 200).strip() in ODS_TYPES:
            return _inspect_open_document(path, archive)
        if "xl/workbook.bin" in names:
            raise refuse("binary_workbook")
        if "[Content_Types].xml" not in names:
            raise refuse("other_document" if "mimetype" in names else "archive")
        if not any(name.startswith("xl/") for name in names):
            raise refuse("other_document")
        return Inspected(path, FileKind.XLSX, parts=survey.survey_xlsx(path, archive))


def _inspect_open_document(path: Path, archive: zipfile.ZipFile) -> Inspected:
    if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in read_small(archive, "META-INF/manifest.xml"):
        raise refuse("encrypted")
    return Inspected(path, FileKind.ODS, tables=survey.survey_ods(path, archive))


def _inspect_compound(path: Path) -> Inspected:
    try:
        container = Compound.at(path)
        streams = container.streams
        if "EncryptedPackage" in streams or "EncryptionInfo" in streams:
            raise refuse("encrypted")
        name = next((name for name in ("Workbook", "Book") if name in streams), None)
        if name is None:
            raise refuse("other_document")
        workbook = compound.survey_workbook(container.read(name))
    except (BrokenCompound, struct.error, IndexError, KeyError) as error:
        raise refuse("damaged") from error
    if workbook.encrypted:
        raise refuse("encrypted")
    if any(sheet.rows * sheet.columns > MAX_CELLS for sheet in workbook.sheets):
        raise refuse("too_many_cells", limit=MAX_CELLS)
    return Inspected(path, FileKind.XLS, old_sheets=workbook.sheets)
