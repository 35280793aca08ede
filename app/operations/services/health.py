"""Whether the product works: quick answers for monitors, and a longer look for administrators."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text

from app.core.i18n import Text, _l
from app.core.shell import DIST
from app.core.types import utc_now
from app.extensions import db
from app.operations.services import workers
from config import ROOT

SILENT_AFTER = timedelta(seconds=90)
LEAST_FREE = 0.05


@dataclass(frozen=True)
class Finding:
    """The answer of one check; `vital` ones decide whether the product can work at all."""

    key: str
    label: Text
    good: bool
    detail: str = ""
    vital: bool = True


Check = Callable[[], Finding]


def check_database() -> Finding:
    label = _l("Database answers")
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except Exception as error:
        return Finding("database", label, False, type(error).__name__)
    return Finding("database", label, True, db.engine.dialect.name)


@lru_cache
def migration_head() -> str | None:
    """The newest migration this version brings; read once, since monitors ask every few seconds."""
    return ScriptDirectory(str(migrations_folder())).get_current_head()


def migrations_folder() -> Path:
    return ROOT / "migrations"


def check_migration() -> Finding:
    label, head = _l("Tables are up to date"), migration_head()
    try:
        with db.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except Exception as error:
        return Finding("migration", label, False, type(error).__name__)
    return Finding("migration", label, current == head, f"{current}" if current == head else f"{current} ≠ {head}")


def check_jobs() -> Finding:
    label = _l("Jobs process is alive")
    try:
        last = workers.last_sign_of_life()
    except Exception as error:
        return Finding("jobs", label, False, type(error).__name__, vital=False)
    return Finding(
        "jobs", label, last is not None and utc_now() - last < SILENT_AFTER, last.isoformat(timespec="seconds") if last else "", vital=False
    )


def check_disk() -> Finding:
    usage = shutil.disk_usage(current_app.config["DATA_DIR"])
    return Finding("disk", _l("Disk has room"), usage.free / usage.total >= LEAST_FREE, f"{usage.free / 2**30:.1f} GiB free", vital=False)


def check_secret() -> Finding:
    secret = str(current_app.config["SECRET_KEY"])
    return Finding("secret", _l("Secret key is strong"), len(secret) >= 32 and len(set(secret)) >= 10)


def check_folders() -> Finding:
    blocked = [name for name in ("DATA_DIR", "UPLOAD_DIR", "BACKUP_DIR") if not _writable(Path(current_app.config[name]))]
    return Finding("folders", _l("Folders can be written"), not blocked, ", ".join(blocked))


def check_time_zone() -> Finding:
    name = current_app.config["TIMEZONE"]
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return Finding("time_zone", _l("Time zone is known"), False, name)
    return Finding("time_zone", _l("Time zone is known"), True, name)


def check_bundle() -> Finding:
    return Finding("bundle", _l("Front-end bundle is built"), (DIST / "manifest.json").exists(), str(DIST))


READINESS: list[Check] = [check_database, check_migration, check_jobs, check_disk]
CONFIGURATION: list[Check] = [check_secret, check_folders, check_time_zone, check_bundle]


def examine(checks: list[Check]) -> list[Finding]:
    """The findings of some checks, in order."""
    return [check() for check in checks]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True
