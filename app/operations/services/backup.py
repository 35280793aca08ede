"""Making a backup: one moment of the database, then the files; checked at once by restoring it elsewhere."""

import hashlib
import os
import shutil
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock, Timeout
from flask import current_app
from sqlalchemy import select
from sqlalchemy.engine import Connection

import config
from app.core.database import unit_of_work
from app.core.errors import Refusal, RuleViolation
from app.core.i18n import _l
from app.core.models import AuditEntry
from app.core.types import utc_now
from app.extensions import db
from app.operations.models import Backup, BackupState
from app.operations.rules.backup_rows import row_encoder
from app.operations.rules.retention import Kept, expendable
from app.operations.services.backup_set import (
    FilePart,
    Manifest,
    TablePart,
    check_set,
    hash_file,
    read_manifest,
    sync_folder,
    write_manifest,
    writing_part,
)
from app.operations.services.health import migration_head
from app.operations.services.loading import Tell, compare_with, database_at, load_set, migrate_to, quiet
from app.operations.services.snapshot import described_tables, one_moment, rows_of

TELL_EVERY = 2000
OVERDUE = timedelta(hours=26)  # the longest between two nights


def make_backup(*, run_id: int | None = None, tell: Tell = quiet) -> Backup:
    """Save everything, verify it, record it, and let go of backups that are no longer needed."""
    with _alone():
        started, name = utc_now(), _name(utc_now())
        try:
            folder, manifest = write_set(backup_folder() / name, started, tell)
            seconds = verify_set(folder, tell)
        except Exception as error:
            _record(
                Backup(
                    name=name, state=BackupState.FAILED, started_at=started, finished_at=utc_now(), message=_reason(error), run_id=run_id
                )
            )
            raise
        backup = _record(
            Backup(
                name=name,
                state=BackupState.VERIFIED,
                started_at=started,
                finished_at=utc_now(),
                revision=manifest.revision,
                tables=len(manifest.tables),
                rows=manifest.rows,
                files=len(manifest.files),
                bytes=manifest.bytes,
                verify_seconds=seconds,
                run_id=run_id,
                message=", ".join(manifest.left_out)[:500] or None,
            )
        )
        prune()
        return backup


def write_set(folder: Path, started: datetime, tell: Tell = quiet) -> tuple[Path, Manifest]:
    """Write a complete set beside its final place, then give it its name."""
    unfinished = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        with one_moment(db.engine) as connection:
            manifest = _write_tables(connection, unfinished, started, tell)
        manifest.files = _write_files(unfinished, _newest_set(folder.parent))
        manifest.finished_at = utc_now().isoformat()
        write_manifest(unfinished, manifest)
        unfinished.rename(folder)
        sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return folder, manifest


def verify_set(folder: Path, tell: Tell = quiet) -> float:
    """Read every byte, restore into a scratch database, compare; returns the seconds it took."""
    began = time.monotonic()
    manifest = check_set(folder)
    with tempfile.TemporaryDirectory(prefix="kehu-verify-") as scratch, database_at(f"sqlite:///{scratch}/scratch.db") as engine:
        migrate_to(manifest.revision)
        load_set(engine, folder, manifest, tell)
        compare_with(engine, manifest, tell)
    return time.monotonic() - began


def prune() -> list[str]:
    """Delete what retention lets go; the names of what was deleted."""
    with unit_of_work() as session:
        known = session.scalars(select(Backup).where(Backup.state != BackupState.PRUNED)).all()
        gone = {kept.name for kept in expendable([Kept(b.name, b.started_at.date(), b.state is BackupState.VERIFIED) for b in known])}
        for backup in known:
            if backup.name in gone:
                shutil.rmtree(backup_folder() / backup.name, ignore_errors=True)
                if backup.state is BackupState.VERIFIED:
                    backup.state = BackupState.PRUNED
    return sorted(gone)


def last_good_backup() -> Backup | None:
    """The newest one that was restored and compared."""
    statement = select(Backup).where(Backup.state == BackupState.VERIFIED).order_by(Backup.started_at.desc()).limit(1)
    return db.session.scalar(statement)


def is_overdue(now: datetime) -> bool:
    """Whether a night has passed without a good one: since the last one, or since the installation's first entry in the audit."""
    good = last_good_backup()
    since = good.started_at if good else db.session.scalar(select(sa.func.min(AuditEntry.at)))
    return since is not None and now - since > OVERDUE


def backup_folder() -> Path:
    return Path(current_app.config["BACKUP_DIR"])


def product_version() -> str:
    """As in pyproject.toml: the product runs from its folder, it is not installed as a package."""
    return str(tomllib.loads((config.ROOT / "pyproject.toml").read_text())["project"]["version"])


def secret_fingerprint() -> str:
    """Tells whether the secret is the same one, not what it is."""
    return hashlib.sha256(b"kehu backup " + str(current_app.config["SECRET_KEY"]).encode()).hexdigest()[:16]


def _write_tables(connection: Connection, folder: Path, started: datetime, tell: Tell) -> Manifest:
    inspector, tables = sa.inspect(connection), described_tables(db.metadata)
    present = set(inspector.get_table_names())
    revision = connection.scalar(sa.text("SELECT version_num FROM alembic_version")) if "alembic_version" in present else None
    if revision is None or revision != migration_head():
        raise RuleViolation(_l("The tables are not those of this version. Run `flask crm setup` first."))
    manifest = Manifest(
        version=product_version(),
        revision=revision,
        engine=connection.dialect.name,
        started_at=started.isoformat(),
        secret_fingerprint=secret_fingerprint(),
        left_out=sorted(present - set(tables)),
    )
    done = 0
    for name, columns in tables.items():
        part = TablePart(name, columns)
        keys = inspector.get_pk_constraint(name)["constrained_columns"] or [columns[0][0]]
        encode = row_encoder(part.kinds)
        with writing_part(folder, part) as write:
            for row in rows_of(connection, name, columns, keys):
                write(encode(row))
                done += 1
                if done % TELL_EVERY == 0:
                    tell(done, 0, name)
        manifest.tables.append(part)
    tell(done, done, "")
    return manifest


def _write_files(folder: Path, previous: Path | None) -> list[FilePart]:
    """Uploaded files by their hash; content that the previous set holds already is shared with it, not copied."""
    uploads, parts = Path(current_app.config["UPLOAD_DIR"]), []
    for path in sorted(p for p in uploads.rglob("*") if p.is_file()) if uploads.is_dir() else ():
        state = path.stat()
        part = FilePart(path.relative_to(uploads).as_posix(), hash_file(path), state.st_size, state.st_mtime_ns)
        _store(path, folder / part.stored, previous / part.stored if previous else None, part.sha256)
        parts.append(part)
    return parts


def _store(path: Path, target: Path, earlier: Path | None, expected: str) -> None:
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if earlier is not None and earlier.exists() and hash_file(earlier) == expected:
        try:
            os.link(earlier, target)
            return
        except OSError:
            pass  # another disk, or one that knows no links: copy
    shutil.copyfile(path, target)
    with open(target, "rb+") as file:
        os.fsync(file.fileno())


def _newest_set(folder: Path) -> Path | None:
    for path in sorted((p for p in folder.iterdir() if p.is_dir() and p.suffix != ".part"), reverse=True):
        try:
            read_manifest(path)
        except Refusal:
            continue
        return path
    return None


@contextmanager
def _alone() -> Iterator[None]:
    folder = backup_folder()
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise RuleViolation(_l("Another backup is being made at this moment.")) from error
    try:
        yield
    finally:
        lock.release()


def _record(backup: Backup) -> Backup:
    with unit_of_work() as session:
        session.add(backup)
    return backup


def _name(now: datetime) -> str:
    return now.strftime("%Y%m%d-%H%M%S-%f")


def _reason(error: Exception) -> str:
    return str(error.sentence if isinstance(error, Refusal) else f"{type(error).__name__}: {error}")[:500]
