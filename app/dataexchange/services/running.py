"""Checking and running an import: batches that survive a crash, or all rows in one transaction."""

from collections.abc import Callable

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.database import unit_of_work
from app.core.errors import InvalidValues, NotFound, Refusal, RuleViolation
from app.core.i18n import Text, _l
from app.core.jobs import Cancelled, Interrupted
from app.core.types import utc_now
from app.dataexchange.models import ImportJob, ImportLink, ImportProblem, ImportState
from app.dataexchange.rules.problems import Refused
from app.dataexchange.services.judge import Judge
from app.dataexchange.services.rows import ReadRow, RowReader
from app.dataexchange.services.tally import Tally
from app.dataexchange.services.uploads import table_of
from app.extensions import db

BATCH = 500
MOST_WHOLE = 20_000  # all-or-nothing keeps the database's write lock to its end
Progress = Callable[[int, int], None]  # (done, total); raises when the work has to stop


def check(job_id: int, *, actor: Actor, progress: Progress = lambda done, total: None) -> ImportJob:
    """Read every row as the run would, write nothing but what is wrong."""
    with unit_of_work() as session:
        job = _job(job_id)
        session.execute(delete(ImportProblem).where(ImportProblem.import_job_id == job_id))
        job.formats = {}
    try:
        reader = RowReader(job, table_of(job), actor)
        tally, judge = Tally(job_id, actor), Judge(reader)
        for _passed, batch in reader.batches(BATCH):
            judge.check(batch)
            tally.count(batch)
            progress(tally.seen, reader.total)
        if not tally.seen:
            raise RuleViolation(_l("This file holds headers, but no rows below them."))
        if reader.options.whole and tally.seen > MOST_WHOLE:
            raise RuleViolation(_l("All rows or none is possible up to %(limit)s rows.", limit=MOST_WHOLE))
    except Refused as refused:
        return _finish(job_id, ImportState.FAILED, refused.problem.sentence)
    except RuleViolation as refusal:
        return _finish(job_id, ImportState.FAILED, refusal.sentence)
    except Cancelled:
        return _finish(job_id, ImportState.UPLOADED, _l("The check was stopped."))
    with unit_of_work() as session:
        job = _job(job_id)
        tally.keep(session)
        job.total, job.failed_count, job.state, job.message = tally.seen, tally.failed, ImportState.CHECKED, None
        job.formats, job.findings = reader.formats, reader.findings.as_kept(reader.finders)
    return job


def run(job_id: int, *, actor: Actor, progress: Progress = lambda done, total: None) -> ImportJob:
    """Write the rows: good ones in committed batches, or all of them in one transaction. Goes on where a crash stopped it."""
    with unit_of_work() as session:
        job = _job(job_id)
        if job.state is ImportState.DONE:
            return job
        if not job.last_row:
            session.execute(delete(ImportProblem).where(ImportProblem.import_job_id == job_id))
            job.created_count = job.updated_count = job.failed_count = 0
        job.state, job.message, job.done_before = ImportState.RUNNING, None, job.created_count + job.updated_count + job.failed_count
    try:
        reader = RowReader(job, table_of(job), actor)
        if reader.options.whole:
            _write_whole(job_id, reader, actor, progress)
        else:
            _write_in_batches(job_id, job.last_row, reader, actor, progress)
    except _RowsRefused as refused:
        return _finish(job_id, ImportState.FAILED, _l("Nothing was written: some rows were refused."), refused.tally)
    except Cancelled:
        return _finish(job_id, ImportState.CANCELLED, _l("Stopped on request; what had been written until then stays."))
    except Refused as refused:
        return _finish(job_id, ImportState.FAILED, refused.problem.sentence)
    except Refusal as refusal:
        return _finish(job_id, ImportState.FAILED, refusal.sentence)
    return _finish(job_id, ImportState.DONE, None)


class _RowsRefused(Exception):
    """All-or-nothing: a row was bad."""

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self.tally = tally


def _write_in_batches(job_id: int, start: int, reader: RowReader, actor: Actor, progress: Progress) -> None:
    """One batch and the place it reaches in the same transaction: after a crash no row is lost or doubled."""
    judge, done, at = Judge(reader), 0, start
    for passed, batch in reader.batches(BATCH, after=start):
        done += len(passed) + len(batch)
        if passed:
            judge.pass_over(passed)
            continue
        judge.check(batch)  # outside of the transaction: others write meanwhile
        with unit_of_work() as session:
            _move_place(session, job_id, at, batch[-1].number)
            tally = _write(session, job_id, batch, judge, actor)
            tally.keep(session)
        at = batch[-1].number
        progress(done, max(reader.total, done))
    while links := _waiting_links(db.session(), job_id):
        with unit_of_work() as session:
            tally = Tally(job_id, actor)
            _set_links(session, links, reader, tally)
            tally.keep(session)


def _write_whole(job_id: int, reader: RowReader, actor: Actor, progress: Progress) -> None:
    """Everything in one transaction; after the first bad row nothing more is written, only counted."""
    judge, refused = Judge(reader), Tally(job_id, actor)
    with unit_of_work() as session:
        done = 0
        for _passed, batch in reader.batches(BATCH):
            judge.check(batch)
            if not refused.failed:
                _write(session, job_id, batch, judge, actor)
            refused.count(batch)
            done += len(batch)
            progress(done, max(reader.total, done))
        while not refused.failed and (links := _waiting_links(session, job_id)):
            _set_links(session, links, reader, refused)
        if refused.failed or refused.kept:
            raise _RowsRefused(refused)


def _write(session: Session, job_id: int, batch: list[ReadRow], judge: Judge, actor: Actor) -> Tally:
    """Write the good rows of a batch and add up what became of all of them."""
    written = judge.write(session, [row for row in batch if not row.problems])
    session.add_all(
        ImportLink(import_job_id=job_id, record_id=id_, row=row, field=field, text=text) for id_, row, field, text in written.links
    )
    tally = Tally(job_id, actor)
    tally.count(batch)
    counts = {
        "created_count": ImportJob.created_count + written.created,
        "updated_count": ImportJob.updated_count + written.updated,
        "failed_count": ImportJob.failed_count + tally.failed,
    }
    session.execute(update(ImportJob).where(ImportJob.id == job_id).values(counts).execution_options(synchronize_session=False))
    return tally


def _move_place(session: Session, job_id: int, after: int, to: int) -> None:
    """Whoever finds the place moved by somebody else no longer owns this work."""
    move = update(ImportJob).where(ImportJob.id == job_id, ImportJob.last_row == after).values(last_row=to)
    if not session.execute(move.execution_options(synchronize_session=False)).rowcount:  # type: ignore[attr-defined]
        raise Interrupted()


# -- references between the rows of one file -----------------------------------
def _waiting_links(session: Session, job_id: int) -> list[ImportLink]:
    return list(session.scalars(select(ImportLink).where(ImportLink.import_job_id == job_id).order_by(ImportLink.id).limit(BATCH)))


def _set_links(session: Session, links: list[ImportLink], reader: RowReader, tally: Tally) -> None:
    """All rows are there now: let them refer to each other; what still cannot be found is told."""
    finder = reader.own_finder
    assert finder is not None
    finder.look_up(link.text for link in links)
    for link in links:
        found, why_not = finder.find(link.text)
        try:
            if found is None:
                tally.note(link.row, link.field, why_not or "")
            else:
                with session.begin_nested():
                    record = reader.service.get(link.record_id, actor=reader.actor)
                    reader.service.check(typed := {link.field: found}, record, reader.actor)
                    reader.service.change(record, typed, actor=reader.actor)
        except InvalidValues as refusal:
            tally.note(link.row, link.field, next(iter(refusal.problems.values())))
        except Refusal as refusal:
            tally.note(link.row, link.field, refusal.sentence)
    session.execute(delete(ImportLink).where(ImportLink.id.in_([link.id for link in links])).execution_options(synchronize_session=False))


# -- the job's own row ---------------------------------------------------------
def _job(job_id: int) -> ImportJob:
    """As it is in the database now; whether this person may work on it has been asked before."""
    job = db.session.scalar(select(ImportJob).where(ImportJob.id == job_id).execution_options(populate_existing=True))
    if job is None:
        raise NotFound()
    return job


def _finish(job_id: int, state: ImportState, message: Text | None, tally: Tally | None = None) -> ImportJob:
    with unit_of_work() as session:
        job = _job(job_id)
        if tally is not None:
            tally.keep(session)
            job.failed_count = tally.failed
        job.state, job.finished_at = state, utc_now()
        job.message = str(message) if message is not None else None
    return job
