"""What files are by their bytes."""

import zipfile
from io import BytesIO

import pytest

from app.activities.rules.content import EMPTY, PROGRAM, judge


def archive(*names: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return file.getvalue()


def verdict(name: str, content: bytes):
    return judge(name, content[:4096], BytesIO(content))


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("报价单.pdf", b"%PDF-1.7 ...", "application/pdf"),
        ("photo.jpg", b"\xff\xd8\xff\xe0....", "image/jpeg"),
        ("photo.png", b"\x89PNG\r\n\x1a\n....", "image/png"),
        ("renamed.jpg", b"%PDF-1.7 ...", "application/pdf"),
        ("notes.txt", "会议纪要".encode(), "text/plain"),
        ("gbk.txt", "会议纪要".encode("gb18030"), "text/plain"),
        ("list.csv", b"a,b\n1,2\n", "text/csv"),
        (
            "book.xlsx",
            archive("[Content_Types].xml", "xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (
            "letter.docx",
            archive("[Content_Types].xml", "word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "application/vnd.ms-excel"),
        ("files.zip", archive("a.txt"), "application/zip"),
        ("voice.amr", b"#!AMR\n....", "audio/amr"),
        ("what.bin", b"\x00\x01\x02", "application/octet-stream"),
    ],
)
def test_taken(name: str, content: bytes, kind: str) -> None:
    found = verdict(name, content)
    assert (found.content_type, found.refusal) == (kind, None)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("invoice.pdf", b"MZ\x90\x00" + b"\x00" * 60),
        ("photo.jpg", b"\x7fELF\x02\x01\x01"),
        ("readme.txt", b"#!/bin/sh\nrm -rf /\n"),
        ("tool", b"\xcf\xfa\xed\xfe\x07\x00"),
        ("report.pdf.exe", b"%PDF-1.7"),
        ("macro.vbs ", b"MsgBox 1"),
        ("run.BAT.", b"@echo off"),
        ("app.zip", archive("META-INF/MANIFEST.MF", "A.class")),
        ("link.txt", b"\x4c\x00\x00\x00\x01\x14\x02\x00"),
    ],
)
def test_programs_are_refused_whatever_their_name(name: str, content: bytes) -> None:
    assert verdict(name, content).refusal is PROGRAM


@pytest.mark.parametrize("content", [b"<!DOCTYPE html><p>", b"  <svg onload=x>", b"hello <script>alert(1)</script>", b"<?php x"])
def test_pages_and_scripts_in_text_are_refused(content: bytes) -> None:
    assert verdict("notes.txt", content).refusal is not None


def test_an_empty_file_is_refused() -> None:
    assert verdict("a.txt", b"").refusal is EMPTY


def test_a_broken_archive_is_an_archive() -> None:
    assert verdict("a.zip", b"PK\x03\x04broken").content_type == "application/zip"
