"""Exports: exactly the asked list, written through a file, with cells that no spreadsheet program will run."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

import xlsxwriter
from flask import Response, send_file
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.database import reading_session, unit_of_work
from app.core.entity import Entity, get_entity
from app.core.errors import BadRequest, RuleViolation
from app.core.fields import Field, Kind
from app.core.i18n import _, _l
from app.core.named_sets import words_of
from app.core.rules.safety import csv_cell, guard
from app.core.services.audit import record_change
from app.core.services.dictionaries import terms
from app.core.services.listing import Question, matching, ordering
from app.core.types import utc_now

BATCH = 1000
FORMATS = ("csv", "xlsx")
MOST_SHEET_ROWS = 1_048_575  # what a sheet can hold below its headers
KEPT_TITLES = 10_000
TEXTS = {Kind.TEXT, Kind.LONG_TEXT, Kind.PHONE, Kind.EMAIL, Kind.URL, Kind.CHOICE, Kind.DICTIONARY, Kind.REFERENCE, Kind.BOOLEAN}
Reader = Callable[[Any], Any]


def stream_export(session: Session, entity: Entity, question: Question, actor: Actor, form: str) -> Response:
    """The matching records as a file; the export itself is in the audit."""
    if form not in FORMATS:
        raise BadRequest(_l("Exports come as CSV or XLSX."))
    ordering(entity, question)  # refuse before anything is noted
    with unit_of_work():
        asked = {"format": form, "filters": [str(f) for f in question.filters], "search": question.search}
        record_change(session, actor, entity.name, None, "export", {name: (None, value) for name, value in asked.items()})
    fields = export_fields(entity)
    rows = _rows(session, entity, fields, question, actor)
    file = _xlsx_file(entity, fields, rows) if form == "xlsx" else _csv_file(fields, rows)
    file.seek(0)
    name = f"{entity.path.strip('/')}-{utc_now().astimezone(ZoneInfo(actor.timezone)):%Y%m%d-%H%M}.{form}"
    return send_file(file, as_attachment=True, download_name=name)


def export_fields(entity: Entity) -> list[Field]:
    """Every described field; what a role may not see is taken out here, for all formats."""
    return list(entity.fields.values())


def _rows(session: Session, entity: Entity, fields: Sequence[Field], question: Question, actor: Actor) -> Iterator[list[Any]]:
    """The values of the list's records in the list's order: plain columns in batches, so that memory stays flat."""
    columns = [entity.column(field.name) for field in fields]
    statement = matching(entity, question, actor).order_by(*ordering(entity, question)).with_only_columns(*columns)
    with reading_session() as beside:
        titles = {field.target: Titles(beside, get_entity(str(field.target))) for field in fields if field.kind is Kind.REFERENCE}
        readers = [titles[f.target].get if f.kind is Kind.REFERENCE else _reader(f, session, actor) for f in fields]
        for batch in session.execute(statement.execution_options(yield_per=BATCH)).partitions():
            for place, field in enumerate(fields):
                if field.kind is Kind.REFERENCE:
                    titles[field.target].look_up(row[place] for row in batch)
            for row in batch:
                yield [None if value is None else read(value) if read else value for read, value in zip(readers, row, strict=True)]


class Titles:
    """{id: title} of referenced records within what the person sees; one statement a batch for those not met before."""

    def __init__(self, session: Session, entity: Entity) -> None:
        self.session, self.entity = session, entity
        self.known: dict[int, str] = {}

    def look_up(self, ids: Iterable[int | None]) -> None:
        if len(self.known) > KEPT_TITLES:
            self.known.clear()
        wanted = set(ids) - self.known.keys() - {None}
        if wanted:
            model = self.entity.model
            self.known |= dict.fromkeys(wanted, _("(not visible to you)"))  # type: ignore[arg-type]
            self.known |= {record.id: str(record) for record in self.session.scalars(select(model).where(model.id.in_(wanted)))}

    def get(self, record_id: int) -> str:
        return self.known[record_id]


def _reader(field: Field, session: Session, actor: Actor) -> Reader | None:
    """How a value goes into a file: labels for keys, moments in the person's zone; None: as it is."""
    if field.kind is Kind.DATETIME:
        zone = ZoneInfo(actor.timezone)
        return lambda moment: moment.astimezone(zone).replace(tzinfo=None)
    labels = _labels(field, session)
    return None if labels is None else lambda key: labels.get(key, str(key))


def _labels(field: Field, session: Session) -> dict[Any, str] | None:
    """{value: label} in the reader's language, where values are not written as they are."""
    if field.kind is Kind.BOOLEAN:
        return {True: _("Yes"), False: _("No")}
    if field.choices is not None:
        return {key: str(label) for key, label in field.choices.options()}
    if field.named_set:
        return words_of(field)
    if field.kind is Kind.DICTIONARY:
        return {key: term.label for key, term in terms(session, str(field.dictionary)).items()}
    return None


def _csv_file(fields: Sequence[Field], rows: Iterator[list[Any]]) -> IO[bytes]:
    """Through a file, so that memory stays flat and a failure still gets an error page."""
    file = tempfile.TemporaryFile()
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")  # with the mark that spreadsheet programs need
    writer = csv.writer(text)
    writer.writerow([str(f.label) for f in fields])
    writers = [guard if field.kind in TEXTS else csv_cell for field in fields]
    writer.writerows(["" if value is None else write(value) for write, value in zip(writers, row, strict=True)] for row in rows)
    text.flush()
    text.detach()
    return file


def _xlsx_file(entity: Entity, fields: Sequence[Field], rows: Iterator[list[Any]]) -> IO[bytes]:
    """Numbers and dates keep their kind; texts are texts, whatever they begin with."""
    file = tempfile.TemporaryFile()
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_sheet_name(str(entity.plural)))
    head, day, moment = (book.add_format(f) for f in ({"bold": True}, {"num_format": "yyyy-mm-dd"}, {"num_format": "yyyy-mm-dd hh:mm:ss"}))
    sheet.freeze_panes(1, 0)
    for column, field in enumerate(fields):
        sheet.set_column(column, column, 14)
        sheet.write_string(0, column, str(field.label), head)
    for number, row in enumerate(rows, start=1):
        if number > MOST_SHEET_ROWS:
            raise RuleViolation(_l("A sheet holds no more than %(limit)s rows. Narrow the list or choose CSV.", limit=MOST_SHEET_ROWS))
        for column, (field, value) in enumerate(zip(fields, row, strict=True)):
            if value is None:
                continue
            if field.kind.is_number:
                sheet.write_number(number, column, float(value))
            elif isinstance(value, datetime):
                sheet.write_datetime(number, column, value, moment)
            elif isinstance(value, date):
                sheet.write_datetime(number, column, datetime(value.year, value.month, value.day), day)
            else:
                sheet.write_string(number, column, str(value))
    book.close()
    return file


def _sheet_name(text: str) -> str:
    """Sheets may not be called just anything."""
    return "".join(c for c in text if c not in "[]:*?/\\'")[:31] or "1"
