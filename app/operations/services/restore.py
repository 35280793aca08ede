"""Restoring: check the set, build its state beside the present one, compare, then switch; refuse before anything is touched."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from sqlalchemy import delete, update
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM, Source
from app.core.errors import RuleViolation
from app.core.i18n import _l
from app.core.models import JobRun, JobState, JobWorker
from app.core.services.audit import record_change
from app.core.types import utc_now
from app.extensions import db
from app.operations.services import workers
from app.operations.services.backup import secret_fingerprint
from app.operations.services.backup_set import Damaged, Manifest, check_set, hash_file
from app.operations.services.health import SILENT_AFTER, migrations_folder
from app.operations.services.loading import Tell, compare_with, database_at, load_set, migrate_to, quiet
from app.operations.services.targets import Target, target_of


@dataclass(frozen=True)
class Restored:
    """What was done, for the person at the console."""

    manifest: Manifest
    former_database: str | None
    former_files: str | None
    same_secret: bool


def restore(folder: Path, url: str, *, uploads: Path | None, replace: bool, tell: Tell = quiet) -> Restored:
    """Restore a set into a database, and its files into a folder; all of it or nothing."""
    manifest = check_set(folder)
    check_revision(manifest)
    target = target_of(url)
    check_target(target, url, replace=replace)
    mark = utc_now().strftime("%Y%m%d-%H%M%S")
    try:
        with database_at(target.prepare()) as engine:
            migrate_to(manifest.revision)
            load_set(engine, folder, manifest, tell)
            compare_with(engine, manifest, tell)
            migrate_to("head")
            settle(engine, folder.name)
        prepared = _prepare_files(folder, manifest, uploads) if uploads else None
        db.engine.dispose()
        former = target.switch(mark)
    except BaseException:
        target.discard()
        raise
    former_files = _switch_files(prepared, uploads, mark) if prepared and uploads else None
    return Restored(manifest, former, former_files, manifest.secret_fingerprint == secret_fingerprint())


def check_revision(manifest: Manifest) -> None:
    """Only what our migrations can reach; a newer set needs the newer program."""
    try:
        known = ScriptDirectory(str(migrations_folder())).get_revision(manifest.revision)
    except CommandError:
        known = None
    if known is None:
        raise RuleViolation(
            _l("This backup comes from a newer version (%(version)s). Install that version first.", version=manifest.version)
        )


def check_target(target: Target, url: str, *, replace: bool) -> None:
    """Nothing is overwritten unasked, and not while the program is working with it."""
    if target.is_empty():
        return
    if not replace:
        raise RuleViolation(
            _l("This database is not empty. Use --replace to put the backup in its place; the present state is kept beside it.")
        )
    own = make_url(url) == make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    last = workers.last_sign_of_life() if own else None
    if last is not None and utc_now() - last < SILENT_AFTER:
        raise RuleViolation(_l("Kehu CRM is running on this database. Stop it first, and wait a minute and a half if it was killed."))


def settle(engine: Engine, name: str) -> None:
    """What was under way when the backup was made must not begin again by itself."""
    with Session(engine) as session:
        unfinished = update(JobRun).where(JobRun.state.in_([JobState.QUEUED, JobState.RUNNING]))
        session.execute(unfinished.values(state=JobState.LOST, finished_at=utc_now(), worker=None))
        session.execute(delete(JobWorker))
        record_change(session, SYSTEM.through(Source.COMMAND), "backup", None, "restore_backup", {"backup": (None, name)})
        session.commit()


def _prepare_files(folder: Path, manifest: Manifest, uploads: Path) -> Path:
    """The files under their own names, beside the folder they will become."""
    prepared = uploads.with_name(f"{uploads.name}.restoring")
    shutil.rmtree(prepared, ignore_errors=True)
    prepared.mkdir(parents=True)
    for part in manifest.files:
        target = (prepared / part.path).resolve()
        if not target.is_relative_to(prepared.resolve()):
            raise Damaged(_l("A file of this backup wants to be outside of its folder: %(name)s", name=part.path))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / part.stored, target)
        if hash_file(target) != part.sha256:
            raise Damaged(_l("A file of this backup is damaged: %(name)s", name=part.path))
    return prepared


def _switch_files(prepared: Path, uploads: Path, mark: str) -> str | None:
    kept = None
    if uploads.exists():
        if any(uploads.iterdir()):
            kept = uploads.with_name(f"{uploads.name}.before-{mark}")
            uploads.rename(kept)
        else:
            uploads.rmdir()
    prepared.rename(uploads)
    return str(kept) if kept else None
