"""Which part of an xlsx archive holds which sheet."""

import posixpath
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.dataexchange.rules.archives import open_archive, read_small
from app.dataexchange.rules.problems import Refused, refuse

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def parts_of_sheets(path: Path) -> dict[str, str]:
    """{name of the sheet: name of the part}, through the relations of the workbook."""
    with open_archive(path) as archive:
        book = _workbook_part(archive.namelist())
        folder, file = posixpath.split(book)
        try:
            sheets = _parse(read_small(archive, book))
            relations = _parse(read_small(archive, f"{folder}/_rels/{file}.rels"))
        except Refused:
            return {}
    targets = {
        relation.get("Id"): posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
        for relation in relations
    }
    return {
        sheet.get("name", ""): targets.get(sheet.get(RELATION) or sheet.get(STRICT_RELATION), "")
        for sheet in sheets.iter()
        if sheet.tag.endswith("}sheet")
    }


def _workbook_part(names: list[str]) -> str:
    return next((name for name in names if posixpath.basename(name) == "workbook.xml"), "xl/workbook.xml")


def _parse(content: bytes) -> Element:
    try:
        root: Element = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise refuse("damaged") from error
    return root
