"""Files on their way in: kept in a folder, opened as tables, their columns matched to fields."""

import uuid
from pathlib import Path
from typing import IO, Any

from flask import current_app
from sqlalchemy import select

from app.core.actor import Actor, Right
from app.core.entity import find_entity, get_entity
from app.core.errors import NotAllowed, NotFound, RuleViolation
from app.core.i18n import _l
from app.core.services.audit import record_change
from app.dataexchange.models import ImportJob, ImportState
from app.dataexchange.rules.files import inspect_file
from app.dataexchange.rules.headers import How, Match, match_headers
from app.dataexchange.rules.problems import Refused
from app.dataexchange.rules.tables import Reading, Table, open_table
from app.dataexchange.services.fields import NUMBER, header_targets, import_fields
from app.extensions import db

START_OPTIONS: dict[str, Any] = {
    "mode": "create",
    "match": None,
    "whole": False,
    "create_missing": [],
    "values": {},
    "formats": {},
    "second_header": True,
}
REMEMBERED = ("mode", "match", "create_missing", "values", "formats")
SAMPLE = 5


def folder() -> Path:
    """Where files wait for their import."""
    path = Path(current_app.config["UPLOAD_DIR"]) / "imports"
    path.mkdir(parents=True, exist_ok=True)
    return path


def take_in(file: IO[bytes], filename: str, target: str, *, actor: Actor) -> ImportJob:
    """Keep an uploaded file and propose a mapping; RuleViolation with the reason when it cannot be read."""
    entity = find_entity(target)
    if entity is None or Right.IMPORT not in entity.rights:
        raise NotFound()
    if not (actor.may(Right.IMPORT, target) and actor.may(Right.CREATE, "import_job")):
        raise NotAllowed()
    stored = uuid.uuid4().hex
    path = folder() / stored
    try:
        _keep(file, path)
        job = ImportJob(
            target=target,
            filename=Path(filename.replace("\\", "/")).name[:255] or "file",
            stored=stored,
            owner_id=actor.id,
            department_id=actor.department_id,
            created_by_id=actor.id,
            reading={},
            options=dict(START_OPTIONS),
        )
        begin_anew(job, table_of(job), actor)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    session = db.session()
    session.add(job)
    session.flush()
    record_change(session, actor, "import_job", job.id, "create", {"filename": (None, job.filename), "target": (None, target)})
    return job


def _keep(file: IO[bytes], path: Path) -> None:
    with path.open("wb") as kept:
        while piece := file.read(1 << 20):
            kept.write(piece)


def table_of(job: ImportJob) -> Table:
    """The opened file in the chosen (or detected) way of reading."""
    path = folder() / job.stored
    if not path.exists():
        raise RuleViolation(_l("The file of this import is not kept any more. Upload it again."))
    try:
        return open_table(inspect_file(path), Reading(**job.reading))
    except Refused as refused:
        raise RuleViolation(refused.problem.sentence) from refused


def begin_anew(job: ImportJob, table: Table, actor: Actor) -> None:
    """The proposed mapping of a file that is read for the first time, or in another way than before."""
    earlier = _earlier(job.target, table, actor)
    job.headers = [column.header for column in table.columns]
    job.mapping = {str(m.column): m.target for m in propose(job, table, actor, earlier) if m.target}
    if earlier is not None:
        job.options = {**job.options, **{name: earlier.options[name] for name in REMEMBERED if name in earlier.options}}


def propose(job: ImportJob, table: Table, actor: Actor, earlier: ImportJob | None = None) -> list[Match]:
    """Columns matched to fields: as last time, by label, name, synonym or likeness."""
    entity = get_entity(job.target)
    targets = header_targets(import_fields(entity, actor).values())
    remembered = {}
    if earlier is not None:
        remembered = {
            earlier.headers[int(number) - 1]: name for number, name in earlier.mapping.items() if int(number) <= len(earlier.headers)
        }
    matches = match_headers([column.header for column in table.columns], targets, remembered)
    if not entity.has_number:
        return matches
    head = table.preview(SAMPLE)
    prefix = str(entity.number_prefix)

    def is_ours(column: int) -> bool:
        """A file of another system has numbers too; only ours name our records."""
        texts = [str(row.cells[column - 1]) for row in head]
        return bool(texts) and all(text.startswith(prefix) and text[len(prefix) :].isdigit() for text in texts)

    return [m if m.target != NUMBER or is_ours(m.column) else Match(m.column, m.header, None, How.NONE) for m in matches]


def _earlier(target: str, table: Table, actor: Actor) -> ImportJob | None:
    """The person's latest finished import of a file with the same headers."""
    headers = [column.header for column in table.columns]
    mine = select(ImportJob).where(ImportJob.owner_id == actor.id, ImportJob.target == target, ImportJob.state == ImportState.DONE)
    recent = db.session.scalars(mine.order_by(ImportJob.id.desc()).limit(20))
    return next((job for job in recent if job.headers == headers), None)
