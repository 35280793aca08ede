"""Putting a backup set into an empty database and comparing what came out with what was saved."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from flask_migrate import upgrade
from sqlalchemy.engine import Connection, Engine

import config
from app.core import database
from app.core.i18n import _l
from app.extensions import db, migrate
from app.operations.rules.backup_rows import Tally, row_encoder
from app.operations.services.backup_set import Damaged, Manifest, TablePart, read_part
from app.operations.services.snapshot import plain_table, rows_of

BATCH = 1000
Tell = Callable[[int, int, str], None]


def quiet(_done: int, _total: int, _what: str) -> None:
    """Nobody watches."""


@contextmanager
def database_at(url: str, **engine_options: Any) -> Iterator[Engine]:
    """Another database than the application's, with its own engine and migrations."""
    other = Flask("kehu-other-database")
    other.config.update(current_app.config)
    other.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS={"poolclass": sa.pool.NullPool, **engine_options})
    db.init_app(other)
    migrate.init_app(other, db, directory=str(config.ROOT / "migrations"))
    database.install(other)
    with other.app_context():
        try:
            yield db.engine
        finally:
            db.engine.dispose()


def migrate_to(revision: str) -> None:
    """Bring the database of this context to a revision."""
    upgrade(revision=revision)


def load_set(engine: Engine, folder: Path, manifest: Manifest, tell: Tell = quiet) -> None:
    """Fill freshly migrated tables; foreign keys are checked once at the end, since rows refer to later ones."""
    done = 0
    with engine.connect() as connection:
        with _without_foreign_keys(connection):
            for part in manifest.tables:
                table = plain_table(part.name, part.columns)
                connection.execute(table.delete())  # what a migration itself has put there
                rows = read_part(folder, part)
                names = [name for name, _kind in part.columns]
                while batch := list(islice(rows, BATCH)):
                    connection.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in batch])
                    done += len(batch)
                    tell(done, manifest.rows, part.name)
        if connection.dialect.name == "postgresql":
            _advance_sequences(connection)
        connection.commit()


def compare_with(engine: Engine, manifest: Manifest, tell: Tell = quiet) -> None:
    """Every table holds the same number of rows with the same checksum as when it was saved."""
    done = 0
    with engine.connect() as connection:
        for part in manifest.tables:
            tally = tally_of(connection, part)
            done += tally.rows
            if (tally.rows, tally.checksum) != (part.rows, part.checksum):
                raise Damaged(_l("After restoring, a table differs from what was saved: %(name)s", name=part.name))
            tell(done, manifest.rows, part.name)


def tally_of(connection: Connection, part: TablePart) -> Tally:
    """Rows and checksum of a table as it is now."""
    tally, encode = Tally(), row_encoder(part.kinds)
    for row in rows_of(connection, part.name, part.columns, ()):
        tally.add(encode(row))
    return tally


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    how = {"sqlite": _sqlite_keys, "postgresql": _postgresql_keys, "mysql": _mysql_keys}
    with how[connection.dialect.name](connection):
        yield


@contextmanager
def _sqlite_keys(connection: Connection) -> Iterator[None]:
    """Inside a transaction the switch does nothing, so it is turned before one begins."""
    connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
    yield
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise Damaged(_l("A row refers to another one that is not in the backup: %(name)s", name=broken[0]))


@contextmanager
def _postgresql_keys(connection: Connection) -> Iterator[None]:
    """Switching triggers off needs a superuser; dropping our own constraints and making them again does not."""
    keys = connection.exec_driver_sql(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    ).all()
    for table, name, _definition in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


@contextmanager
def _mysql_keys(connection: Connection) -> Iterator[None]:
    connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS=0")
    yield
    connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS=1")


def _advance_sequences(connection: Connection) -> None:
    """PostgreSQL does not notice explicit ids: the next row would get one that is taken."""
    found = connection.exec_driver_sql(
        "SELECT table_name, column_name, column_default FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND column_default LIKE 'nextval(%%'"
    ).all()
    for table, column, default in found:
        sequence = default.split("'")[1]
        highest = f'(SELECT max("{column}") FROM "{table}")'  # noqa: S608 - names from the catalogue, not from people
        connection.execute(sa.text(f"SELECT setval('{sequence}', GREATEST(COALESCE({highest}, 1), 1), {highest} IS NOT NULL)"))
