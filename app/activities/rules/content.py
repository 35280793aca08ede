"""What a file really is, told by its bytes and not by its name, and what is not taken in."""

import zipfile
from dataclasses import dataclass
from io import BytesIO

from app.core.i18n import Text, _l

HEAD = 4096  # bytes that suffice to tell every kind below
UNKNOWN = "application/octet-stream"

_PROGRAMS = (
    b"MZ",  # Windows
    b"\x7fELF",  # Linux
    b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",  # macOS
    b"\xca\xfe\xba\xbe",  # Java classes, universal macOS programs
    b"#!",  # scripts
    b"\x4c\x00\x00\x00\x01\x14\x02\x00",  # Windows shortcuts
    b"!<arch>",  # Debian packages
    b"dex\n",  # Android
    b"\x00asm",  # WebAssembly
)  # fmt: skip
# Scripts look like any text: here only the name tells what a double click would do.
_SCRIPT_ENDINGS = frozenset(
    """bat cmd com cpl exe hta js jse lnk msc msi msp mst pif ps1 psm1 reg scr scf sct sh vb vbe vbs wsc wsf wsh jar apk
    app dmg deb rpm dll sys drv ocx url desktop html htm xhtml shtml svg svgz mht mhtml""".split()
)
_ACTIVE_MARKUP = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<iframe", b"<body", b"<?php")
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
    (b"OggS", "audio/ogg"),
    (b"{\\rtf", "application/rtf"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_KINDS = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
}
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_ZIP_PARTS = (
    ("word/", f"{_OPEN_XML}.wordprocessingml.document"),
    ("xl/", f"{_OPEN_XML}.spreadsheetml.sheet"),
    ("ppt/", f"{_OPEN_XML}.presentationml.presentation"),
)

PROGRAM = _l("This is a program or a script, whatever its name says. Such files are not stored here.")
ACTIVE = _l("This file holds a web page or a script. Such files are not stored here.")
EMPTY = _l("This file is empty.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The content type of a file, and the sentence with which it is refused."""

    content_type: str
    refusal: Text | None = None


def judge(name: str, head: bytes, whole: BytesIO | None = None) -> Verdict:
    """What the bytes are; `whole` lets archives be looked into."""
    if not head:
        return Verdict(UNKNOWN, EMPTY)
    kind = _by_signature(name, head, whole)
    if kind is not None:
        return kind
    if head.startswith(_PROGRAMS):
        return Verdict(UNKNOWN, PROGRAM)
    if any(mark in head.lower() for mark in _ACTIVE_MARKUP):
        return Verdict("text/plain", ACTIVE)
    return Verdict(_text_kind(name) if _is_text(head) else UNKNOWN)


def _ending(name: str) -> str:
    """The last ending, as a file manager reads it: dots and spaces behind it do not count."""
    stem = name.lower().rstrip(". \u200b\u202e")
    return stem.rpartition(".")[2] if "." in stem else ""


def _by_signature(name: str, head: bytes, whole: BytesIO | None) -> Verdict | None:
    if _ending(name) in _SCRIPT_ENDINGS:
        return Verdict(UNKNOWN, PROGRAM)  # a harmless beginning does not make a script harmless
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(whole)
    if head.startswith(_OLE):
        return Verdict(_OLE_KINDS.get(_ending(name), "application/x-ole-storage"))
    if head[4:8] == b"ftyp":
        return Verdict("video/mp4")
    if head[:4] == b"RIFF":
        return Verdict({b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], UNKNOWN))
    return next((Verdict(kind) for mark, kind in _SIGNATURES if head.startswith(mark)), None)


def _zip_kind(whole: BytesIO | None) -> Verdict:
    """Office documents are archives; programs for Java and Android too."""
    try:
        names = zipfile.ZipFile(whole).namelist() if whole is not None else []
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        names = []
    if "META-INF/MANIFEST.MF" in names or "AndroidManifest.xml" in names:
        return Verdict("application/zip", PROGRAM)
    if "[Content_Types].xml" in names:
        for part, kind in _ZIP_PARTS:
            if any(name.startswith(part) for name in names):
                return Verdict(kind)
    return Verdict("application/zip")


def _is_text(head: bytes) -> bool:
    """UTF-16 by its mark; everything else that knows no zero byte."""
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" not in head


def _text_kind(name: str) -> str:
    return {"csv": "text/csv", "md": "text/markdown", "json": "application/json"}.get(_ending(name), "text/plain")
