"""Imports from the outside: take a file in, decide, start, stop; `running` does the work."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import select, update

from app.core.actor import Actor, Right
from app.core.database import after_commit
from app.core.entity import get_entity
from app.core.errors import BadRequest, InvalidValues, NotAllowed, NotFound, RuleViolation
from app.core.fields import Kind
from app.core.i18n import Text, _l
from app.core.jobs import enqueue
from app.core.models import JobRun, JobState
from app.dataexchange.models import ImportJob, ImportMode, ImportState
from app.dataexchange.services.fields import import_fields
from app.dataexchange.services.running import check, run
from app.dataexchange.services.uploads import begin_anew, folder, propose, table_of, take_in
from app.extensions import db
from app.operations.services.job_queue import request_cancel

__all__ = [
    "cancel",
    "check",
    "configure",
    "folder",
    "get_job",
    "is_open",
    "propose",
    "read_again",
    "run",
    "run_of",
    "settle",
    "start",
    "table_of",
    "take_in",
]

MATCHING_KINDS = {Kind.TEXT, Kind.EMAIL, Kind.PHONE, Kind.URL, Kind.INTEGER}
ALREADY_STARTED = _l("This import has already started.")
BUSY = (ImportState.CHECKING, ImportState.RUNNING)


def get_job(job_id: int, *, actor: Actor) -> ImportJob:
    """One's own import, or that of people below, if the right to import is still held."""
    job = db.session.scalar(select(ImportJob).where(ImportJob.id == job_id))
    if job is None:
        raise NotFound()
    if not actor.may(Right.IMPORT, job.target):
        raise NotAllowed()
    return job


def is_open(job: ImportJob) -> bool:
    """Whether decisions can still be changed: nothing has been written and nothing is at work."""
    return job.last_row == 0 and job.state not in {*BUSY, ImportState.DONE}


# -- deciding ------------------------------------------------------------------
def read_again(job_id: int, reading: Mapping[str, Any], *, actor: Actor) -> bool:
    """Read the file in another way, which makes another table of it; False when it is read so already."""
    job = get_job(job_id, actor=actor)
    if not is_open(job):
        raise RuleViolation(ALREADY_STARTED)
    wanted = {name: value for name, value in reading.items() if value is not None}
    if wanted == job.reading:
        return False
    job.reading = wanted
    begin_anew(job, table_of(job), actor)
    _forget_check(job)
    return True


def configure(job_id: int, *, mapping: Mapping[str, str], options: Mapping[str, Any], actor: Actor) -> bool:
    """Keep what the person chose; False when it is what was chosen already, so that a check still holds."""
    job = get_job(job_id, actor=actor)
    if not is_open(job):
        raise RuleViolation(ALREADY_STARTED)
    chosen = {column: name for column, name in mapping.items() if name}
    options = {**job.options, **options}
    _check_choices(job, chosen, options, actor)
    if job.state is ImportState.CHECKED and (chosen, options) == (job.mapping, job.options):
        return False
    job.mapping, job.options = chosen, options
    _forget_check(job)
    return True


def _forget_check(job: ImportJob) -> None:
    job.formats, job.message = {}, None
    job.state, job.total, job.failed_count = ImportState.UPLOADED, 0, 0
    db.session.flush()


def _check_choices(job: ImportJob, chosen: Mapping[str, str], options: Mapping[str, Any], actor: Actor) -> None:
    """Unknown fields make no sense; one field cannot take two columns; changing needs a way to find."""
    entity = get_entity(job.target)
    allowed = import_fields(entity, actor)
    if any(name not in allowed or not column.isdecimal() or not 0 < int(column) <= len(job.headers) for column, name in chosen.items()):
        raise BadRequest()
    names = list(chosen.values())
    problems: dict[str, Text] = {}
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled:
        problems["mapping"] = _l("Two columns go to “%(field)s”.", field=str(allowed[doubled].label))
    match = options.get("match")
    if options.get("mode", "create") not in dict(ImportMode.options()):
        raise BadRequest()
    finds = match in names and match in entity.fields and allowed[match].kind in MATCHING_KINDS
    if options.get("mode", "create") != ImportMode.CREATE and not finds:
        problems["match"] = _l("Choose a mapped column by which existing records are found.")
    if not names:
        problems["mapping"] = _l("Choose a field for at least one column.")
    if problems:
        raise InvalidValues(problems)


# -- starting and stopping -----------------------------------------------------
READY = {
    "check": (ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED, ImportState.CANCELLED),
    "run": (ImportState.CHECKED, ImportState.CANCELLED, ImportState.FAILED),
}


def start(job_id: int, step: str, *, actor: Actor) -> None:
    """Put the check or the run into the queue; a second click finds it already there and changes nothing."""
    job = get_job(job_id, actor=actor)
    if (step == "check" and not is_open(job)) or (step == "run" and job.state is not ImportState.CHECKED and not job.last_row):
        raise RuleViolation(ALREADY_STARTED)
    new = {"check": ImportState.CHECKING, "run": ImportState.RUNNING}[step]
    session = db.session()
    claim = (
        update(ImportJob).where(ImportJob.id == job.id, ImportJob.state.in_(READY[step])).values(state=new, message=None, finished_at=None)
    )
    if not session.execute(claim.execution_options(synchronize_session=False)).rowcount:  # type: ignore[attr-defined]
        raise RuleViolation(ALREADY_STARTED)
    queued = enqueue(session, "import", {"import_job_id": job_id, "step": step}, actor=actor)
    session.expire(job)
    job.run_id = queued.id
    session.flush()


def cancel(job_id: int, *, actor: Actor) -> None:
    """Ask the work to stop at the next batch; what waits in the queue never begins."""
    job = get_job(job_id, actor=actor)
    if job.state in BUSY and job.run_id is not None:
        after_commit(partial(request_cancel, job.run_id))  # the queue has a connection of its own, which must not wait for ours


def run_of(job: ImportJob) -> JobRun | None:
    """The latest run in the queue."""
    return db.session.get(JobRun, job.run_id, populate_existing=True) if job.run_id is not None else None


def settle(job_id: int, *, actor: Actor) -> None:
    """Free an import whose run has ended without saying so: cancelled while waiting, given up, or failed."""
    job = get_job(job_id, actor=actor)
    queued = run_of(job)
    if job.state not in BUSY or (queued is not None and not queued.state.is_over):
        return
    cancelled = queued is not None and queued.state is JobState.CANCELLED
    if job.state is ImportState.CHECKING:
        job.state = ImportState.UPLOADED
        job.message = None if cancelled else str(_l("The check was interrupted. Please start it again."))
    else:
        job.state = ImportState.CHECKED if not job.last_row else ImportState.CANCELLED
        done = _l("The work was interrupted. Everything up to row %(row)s is done; the rest can go on from there.", row=job.last_row)
        job.message = str(done) if job.last_row else None
    db.session.flush()
