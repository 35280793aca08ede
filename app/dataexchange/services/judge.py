"""Judging whole rows against the entity's rules and the records that are there, and writing the good ones."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Right
from app.core.entity import Entity
from app.core.errors import InvalidValues, Refusal, RuleViolation
from app.core.i18n import _l
from app.core.rules.values import Unreadable
from app.core.scope import reach
from app.core.services.records import REQUIRED, TAKEN
from app.dataexchange.models import ImportMode
from app.dataexchange.rules.tables import Row
from app.dataexchange.rules.values import Unreadable as UnreadableCell
from app.dataexchange.services.references import RecordFinder
from app.dataexchange.services.rows import ReadRow, RowReader
from app.extensions import db


@dataclass(frozen=True)
class Written:
    """What became of a batch; `links` are (record id, row, field, text) that wait for a later row."""

    created: int
    updated: int
    links: tuple[tuple[int, int, str, str], ...] = ()


class Judge:
    """Checks whole rows, then writes the good ones."""

    def __init__(self, reader: RowReader) -> None:
        self.reader = reader
        self.service, self.entity, self.actor = reader.service, reader.entity, reader.actor
        self.mode = ImportMode(reader.options.mode)
        self.match = reader.options.match if self.mode is not ImportMode.CREATE else None
        fields = self.entity.fields.values()
        self.unique = {f.name for f in fields if f.unique and not f.readonly} | ({self.match} if self.match else set())
        self.required = [f.name for f in fields if f.required and not f.readonly and f.default is None]
        self.readonly = {f.name for f in fields if f.readonly}
        self.first_rows: dict[int, int] = {}  # hash of (field, value) → the row that has it first
        self.known: dict[str, dict[Any, list[int]]] = {}

    # -- checking --------------------------------------------------------------
    def check(self, batch: Sequence[ReadRow]) -> None:
        """Add what is wrong with rows to their problems."""
        self._look_up(batch)
        _held = self._referred_to(batch)  # the session remembers records only as long as somebody holds them
        for row in batch:
            if not row.problems:
                self._check_row(row)

    def _referred_to(self, batch: Sequence[ReadRow]) -> list[Any]:
        """The records that the rows refer to: one statement for each kind, because the rules will ask for them row by row."""
        wanted: dict[Entity, set[int]] = defaultdict(set)
        for name, finder in self.reader.finders.items():
            if isinstance(finder, RecordFinder):
                wanted[finder.entity] |= {row.values[name] for row in batch if row.values.get(name) is not None}
        session = db.session()
        return [
            record
            for entity, ids in wanted.items()
            if ids
            for record in session.scalars(select(entity.model).where(entity.model.id.in_(ids)))
        ]

    def pass_over(self, rows: Sequence[Row]) -> None:
        """Remember the unique values of rows that an earlier attempt has written."""
        columns = [column for name, column in self.reader.by_name.items() if name in self.unique]
        for row in rows:
            for column in columns:
                try:
                    value = column.read(row.cells[column.index])
                except (Unreadable, UnreadableCell):
                    continue
                if value is not None:
                    self.first_rows.setdefault(hash((column.field.name, value)), row.number)

    def _check_row(self, row: ReadRow) -> None:
        target = self.target_of(row)
        for name in self.unique:
            value = row.values.get(name)
            if value in (None, ""):
                continue
            first = self.first_rows.setdefault(hash((name, value)), row.number)
            there = self.known.get(name, {}).get(value, [])
            if first != row.number:
                row.refuse(name, _l("Row %(row)s has the same value.", row=first))
            elif name == self.match and len(there) > 1:
                row.refuse(name, _l("“%(text)s” means several records: use a number instead.", text=str(value)[:60]))
            elif name != self.match and any(record_id != target for record_id in there):
                row.refuse(name, TAKEN)
        if self.mode is ImportMode.UPDATE and target is None and not row.problems:
            row.refuse(self.match, _l("There is no such record to change."))
        if target is None:
            self._check_new(row)

    def _check_new(self, row: ReadRow) -> None:
        for name in self.required:
            if row.values.get(name) is None and name not in row.missing and name not in row.later:
                row.refuse(name, REQUIRED)
        if row.problems:
            return
        pending = bool(row.missing or row.later)
        try:
            self.service.check(self._typed(row), None, self.actor)
        except InvalidValues as refusal:
            for name, sentence in refusal.problems.items():
                if not pending or name in row.values:  # what waits for another record is judged when that is there
                    row.refuse(name or None, sentence)
        except RuleViolation as refusal:
            if not pending:
                row.refuse(None, refusal.sentence)

    def target_of(self, row: ReadRow) -> int | None:
        """The existing record that a row is about."""
        if self.match is None:
            return None
        found = self.known.get(self.match, {}).get(row.values.get(self.match), [])
        return found[0] if len(found) == 1 else None

    def _typed(self, row: ReadRow) -> dict[str, Any]:
        """The values that may be written: a number only names the record."""
        return {name: value for name, value in row.values.items() if name not in self.readonly}

    def _changed(self, row: ReadRow) -> dict[str, Any]:
        """What a row says of an existing record: names made up for a new one do not replace its own."""
        return {n: v for n, v in self._typed(row).items() if n not in self.unique or n in self.reader.by_name}

    def _look_up(self, batch: Sequence[ReadRow]) -> None:
        """Which unique or matching values are there already; one statement a field and batch."""
        self.known = {}
        session = db.session()
        for name in self.unique:
            values = {row.values[name] for row in batch if row.values.get(name) not in (None, "")}
            if values:
                found = self.known[name] = defaultdict(list)
                column = self.entity.column(name)
                for value, record_id in session.execute(select(column, self.entity.model.id).where(column.in_(values))):
                    found[value].append(record_id)

    # -- writing ---------------------------------------------------------------
    def write(self, session: Session, rows: Sequence[ReadRow]) -> Written:
        """Write good rows; one that the rules refuse at the last moment gets its sentence and leaves nothing."""
        for row in rows:
            if row.missing:
                self._create_missing(session, row)
        good = [row for row in rows if not row.problems]
        _held = self._referred_to(good)  # the transaction that has just begun has forgotten what was read before
        made = self._create(session, [row for row in good if self.target_of(row) is None])
        changed, updated = self._update(session, [row for row in good if self.target_of(row) is not None])
        if self.reader.own_finder is not None:
            self.reader.own_finder.remember(record for record, _row in made)
        links = [(record.id, row.number, name, text) for record, row in [*made, *changed] for name, text in row.later.items()]
        return Written(len(made), updated, tuple(links))

    def _create_missing(self, session: Session, row: ReadRow) -> None:
        for name, text in row.missing.items():
            finder = self.reader.finders[name]
            found, _why = finder.find(text)
            try:
                if found is None:
                    with session.begin_nested():
                        found = finder.create(text)
                row.values[name] = found
            except InvalidValues as refusal:
                row.refuse(name, next(iter(refusal.problems.values())))
            except Refusal as refusal:
                row.refuse(name, refusal.sentence)

    def _create(self, session: Session, rows: Sequence[ReadRow]) -> list[tuple[Any, ReadRow]]:
        """New records; a batch that is refused is halved until the row that is to blame stands alone."""
        if not rows:
            return []
        try:
            with session.begin_nested():
                return list(zip(self.service.add_many([self._typed(row) for row in rows], actor=self.actor), rows, strict=True))
        except Refusal as refusal:
            if len(rows) == 1:
                _blame(rows[0], refusal)
                return []
        half = len(rows) // 2
        return self._create(session, rows[:half]) + self._create(session, rows[half:])

    def _update(self, session: Session, rows: Sequence[ReadRow]) -> tuple[list[tuple[Any, ReadRow]], int]:
        """(records with their rows, how many of them really changed)."""
        if not rows:
            return [], 0
        model, criterion = self.entity.model, reach(self.entity, self.actor, Right.EDIT)
        ids = {self.target_of(row) for row in rows}
        records = {record.id: record for record in session.scalars(select(model).where(model.id.in_(ids)))}
        reached = set(session.scalars(select(model.id).where(model.id.in_(ids), criterion))) if criterion is not None else set(records)
        done, count = [], 0
        for row in rows:
            record = records.get(self.target_of(row))
            if record is None or record.id not in reached or not self.actor.may(Right.EDIT, self.entity.name):
                row.refuse(self.match, _l("You may not change this record."))
                continue
            try:
                with session.begin_nested():
                    typed = self._changed(row)
                    self.service.check(typed, record, self.actor)
                    count += bool(self.service.change(record, typed, actor=self.actor))
                done.append((record, row))
            except Refusal as refusal:
                _blame(row, refusal)
        return done, count


def _blame(row: ReadRow, refusal: Refusal) -> None:
    if isinstance(refusal, InvalidValues):
        for name, sentence in refusal.problems.items():
            row.refuse(name or None, sentence)
    else:
        row.refuse(None, refusal.sentence)
