"""From the cells of a row to typed values, or to sentences that say what is wrong with it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.actor import Actor
from app.core.entity import Entity, get_entity
from app.core.fields import Field, Kind
from app.core.i18n import Text, _l
from app.core.rules.values import Unreadable
from app.core.services.records import EntityService, service_of
from app.dataexchange.models import ImportJob
from app.dataexchange.rules.columns import ColumnProfile
from app.dataexchange.rules.tables import Row, Table
from app.dataexchange.rules.values import ColumnFormat, fold, is_missing
from app.dataexchange.rules.values import Unreadable as UnreadableCell
from app.dataexchange.services.fields import creatable, import_fields, told
from app.dataexchange.services.findings import Findings
from app.dataexchange.services.plan import LEFT_OPEN, Options, PlannedColumn, decided, format_of, kept_format, needs_a_profile
from app.dataexchange.services.references import KEY_FIELDS, RecordFinder, folded
from app.dataexchange.services.words import WordFinder
from app.extensions import db

NAMES = {*KEY_FIELDS, "full_name"}  # columns by whose cells other rows may name a row
WORDS = {Kind.CHOICE, Kind.DICTIONARY}


@dataclass(slots=True)
class ReadRow:
    """A row with its values, its problems, and what can be filled in only while writing."""

    number: int
    cells: Sequence[Any]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[str | None, Text]] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)  # field → name of a record or term to be made
    later: dict[str, str] = field(default_factory=dict)  # field → name that another row of this file bears

    def refuse(self, name: str | None, sentence: Text) -> None:
        self.problems.append((name, sentence))


class RowReader:
    """Reads the rows of one import; formats are decided once for whole columns."""

    def __init__(self, job: ImportJob, table: Table, actor: Actor) -> None:
        self.table, self.actor = table, actor
        self.options = Options.of(job.options)
        self.entity: Entity = get_entity(job.target)
        self.service: EntityService[Any] = service_of(self.entity)
        self.fields = import_fields(self.entity, actor)
        self.create_missing = self.options.create_missing & creatable(self.fields.values(), actor)
        self.findings = Findings()
        self.total = job.total
        self.finders = self._finders(job)
        self.named_here: set[int] = set()  # hashes of the names that the rows of this file bear
        self.columns = self._plan(job)
        self.by_name = {column.field.name: column for column in self.columns}

    @property
    def formats(self) -> dict[str, dict[str, Any]]:
        """{field: format} to be kept, so that the run reads what the check has read."""
        return {column.field.name: kept_format(column.format) for column in self.columns}

    # -- planning --------------------------------------------------------------
    def _finders(self, job: ImportJob) -> dict[str, RecordFinder | WordFinder]:
        """One for each field that names something; references to the same entity share theirs."""
        session, by_target = db.session(), dict[str, RecordFinder]()
        found: dict[str, RecordFinder | WordFinder] = {}
        for name in job.mapping.values():
            described = self.fields.get(name)
            if described is None:
                continue
            if described.kind is Kind.REFERENCE:
                target = str(described.target)
                if target not in by_target:
                    by_target[target] = RecordFinder(session, get_entity(target), self.actor)
                found[name] = by_target[target]
            elif described.kind in WORDS:
                found[name] = WordFinder(session, described, self.actor)
        return found

    def _plan(self, job: ImportJob) -> list[PlannedColumn]:
        wanted = [(int(number) - 1, self.fields[name]) for number, name in job.mapping.items() if name in self.fields]
        formats = {index: format_of(job.formats[described.name]) for index, described in wanted if described.name in job.formats}
        if len(formats) < len(wanted) or self.own_finder is not None:
            formats = self._survey(wanted)
        return [
            PlannedColumn(
                index,
                described,
                decided(formats[index], self.options.formats.get(described.name, {})),
                self.actor.timezone,
                self.finders.get(described.name),
                {fold(text): answer for text, answer in self.options.values.get(described.name, {}).items()},
            )
            for index, described in wanted
        ]

    @property
    def own_finder(self) -> RecordFinder | None:
        """The finder for references to the very entity that is imported: its rows may name each other."""
        for finder in self.finders.values():
            if isinstance(finder, RecordFinder) and finder.entity is self.entity:
                return finder
        return None

    def _survey(self, wanted: Sequence[tuple[int, Field]]) -> dict[int, ColumnFormat]:
        """One walk over the file: how its columns are written, how many rows there are, and what they are called."""
        profiles = {index: ColumnProfile(described.kind) for index, described in wanted}
        observed = [(index, profiles[index].observe) for index, described in wanted if needs_a_profile(described)]
        naming = [index for index, described in wanted if described.name in NAMES] if self.own_finder is not None else []
        self.total = 0
        for row in self._rows():
            self.total += 1
            for index, observe in observed:
                observe(row.cells[index])
            for index in naming:
                self.named_here.add(hash(folded(str(row.cells[index]))))
        return {index: profile.conclude() for index, profile in profiles.items()}

    # -- reading ---------------------------------------------------------------
    def _rows(self) -> Iterator[Row]:
        left_out = self.table.second_header_row if self.options.second_header else None
        return (row for row in self.table.rows() if row.number != left_out)

    def batches(self, size: int, after: int = 0) -> Iterator[tuple[list[Row], list[ReadRow]]]:
        """(rows that an earlier attempt has done, read rows) in batches; references are looked up batch by batch."""
        batch: list[Row] = []
        for row in self._rows():
            if batch and (len(batch) >= size or (batch[-1].number <= after) is not (row.number <= after)):
                yield self._batch(batch, after)
                batch = []
            batch.append(row)
        if batch:
            yield self._batch(batch, after)

    def _batch(self, batch: list[Row], after: int) -> tuple[list[Row], list[ReadRow]]:
        return (batch, []) if batch[-1].number <= after else ([], self._read(batch))

    def _read(self, batch: Sequence[Row]) -> list[ReadRow]:
        for finder, texts in self._named_in(batch).items():
            finder.look_up(texts)
        return [self._read_row(row) for row in batch]

    def _named_in(self, batch: Sequence[Row]) -> dict[RecordFinder, Iterable[str]]:
        named: dict[RecordFinder, list[str]] = {}
        for column in self.columns:
            if isinstance(column.finder, RecordFinder) and not column.finder.complete:
                texts = named.setdefault(column.finder, [])
                texts += [str(row.cells[column.index]) for row in batch if not is_missing(row.cells[column.index])]
                texts += [answer for answer in column.answers.values() if isinstance(answer, str)]
        return named  # type: ignore[return-value]

    def _read_row(self, row: Row) -> ReadRow:
        read = ReadRow(row.number, row.cells)
        if row.problems and self._refuse_structure(row, read):
            return read
        for column in self.columns:
            cell = row.cells[column.index]
            try:
                value = column.read(cell)
            except UnreadableCell as unreadable:
                if unreadable.problem.code in LEFT_OPEN:
                    self.findings.note_open(column.field.name, LEFT_OPEN[unreadable.problem.code], cell)
                read.refuse(column.field.name, told(unreadable.problem))
                continue
            except Unreadable as unreadable:
                read.refuse(column.field.name, unreadable.sentence)
                continue
            if value is None:
                continue  # an empty cell says nothing; required fields are checked with the whole row
            if column.finder is not None:
                self._resolve(column, str(value), read)
            else:
                read.values[column.field.name] = value
        if not read.problems:
            read.values = self.service.from_import(read.values)
        return read

    def _refuse_structure(self, row: Row, read: ReadRow) -> bool:
        """What was wrong before anybody read the cells; a bad cell matters only where it is imported."""
        names = {column.index + 1: column.field.name for column in self.columns}
        for problem in row.problems:
            if problem.column is None or problem.column in names:
                read.refuse(names.get(problem.column or 0), told(problem))
        return bool(read.problems)

    def _resolve(self, column: PlannedColumn, text: str, read: ReadRow) -> None:
        """What a text names: what the person said, what is there, what another row will be, or what is to be made."""
        name, finder = column.field.name, column.finder
        assert finder is not None
        answer = column.answers.get(fold(text)) if column.answers else None
        if answer == "":
            return  # the person said: leave it empty
        if isinstance(answer, int):
            read.values[name] = answer
            return
        text = answer or text
        found, why_not = finder.find(text)
        if found is not None:
            read.values[name] = found
        elif finder is self.own_finder and finder.is_unknown(text) and hash(folded(text)) in self.named_here:
            read.later[name] = text
        elif name in self.create_missing and finder.is_unknown(text):
            self.findings.note_new(name, text)
            read.missing[name] = text
        else:
            self.findings.note_unknown(name, text)
            read.refuse(name, why_not or _l("This record does not exist, or you may not see it."))
