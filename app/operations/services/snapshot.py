"""Reading a whole database as it was at one moment, while people go on working."""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.types import TypeDecorator

from app.core.types import Money, UTCDateTime
from app.operations.rules.backup_rows import ColumnKind

BATCH = 1000
TYPES: dict[ColumnKind, Any] = {
    ColumnKind.TEXT: sa.Text,
    ColumnKind.INTEGER: sa.BigInteger,
    ColumnKind.BOOLEAN: sa.Boolean,
    ColumnKind.FLOAT: sa.Float,
    ColumnKind.MONEY: Money,
    ColumnKind.DATE: sa.Date,
    ColumnKind.TIME: sa.Time,
    ColumnKind.LOCAL: sa.DateTime,
    ColumnKind.MOMENT: UTCDateTime,
    ColumnKind.BYTES: sa.LargeBinary,
    ColumnKind.JSON: lambda: sa.JSON(none_as_null=True),
    ColumnKind.DECIMAL: lambda: sa.Numeric(30, 10),
}
PLAIN: list[tuple[type[Any], ColumnKind]] = [  # the first that fits: subclasses before their bases
    (sa.Boolean, ColumnKind.BOOLEAN),
    (sa.JSON, ColumnKind.JSON),
    (sa.DateTime, ColumnKind.LOCAL),
    (sa.Date, ColumnKind.DATE),
    (sa.Time, ColumnKind.TIME),
    (sa.Integer, ColumnKind.INTEGER),
    (sa.Float, ColumnKind.FLOAT),
    (sa.Numeric, ColumnKind.DECIMAL),
    (sa.LargeBinary, ColumnKind.BYTES),
    (sa.String, ColumnKind.TEXT),
]


def kind_of(type_: Any) -> ColumnKind:
    """What a declared column holds."""
    if isinstance(type_, Money):
        return ColumnKind.MONEY
    if isinstance(type_, UTCDateTime):
        return ColumnKind.MOMENT
    inner = type_.impl_instance if isinstance(type_, TypeDecorator) else type_
    for class_, kind in PLAIN:
        if isinstance(inner, class_):
            return kind
    raise TypeError(f"No way is known to save a column of type {type_!r}.")


def described_tables(metadata: sa.MetaData) -> dict[str, list[tuple[str, ColumnKind]]]:
    """{table: [(column, kind)]} of all declared tables and the migrations' own."""
    found = {name: [(c.name, kind_of(c.type)) for c in t.columns if c.computed is None] for name, t in sorted(metadata.tables.items())}
    return {"alembic_version": [("version_num", ColumnKind.TEXT)], **found}


def plain_table(name: str, columns: Sequence[tuple[str, ColumnKind]]) -> sa.TableClause:
    """A table as the backup knows it: independent of what the models look like today."""
    return sa.table(name, *(sa.column(column, TYPES[ColumnKind(kind)]()) for column, kind in columns))


def rows_of(connection: Connection, name: str, columns: Sequence[tuple[str, ColumnKind]], keys: Sequence[str]) -> Iterator[Sequence[Any]]:
    """All rows in the order of their key, a thousand in memory at a time."""
    table = plain_table(name, columns)
    statement = sa.select(*table.c).order_by(*(table.c[key] for key in keys))
    result = connection.execution_options(stream_results=True, yield_per=BATCH).execute(statement)
    for batch in result.partitions(BATCH):
        yield from batch


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection on which nothing changes any more, whatever others write meanwhile."""
    if engine.dialect.name == "sqlite":
        with tempfile.TemporaryDirectory(prefix="kehu-snapshot-") as folder:
            copy = Path(folder) / "snapshot.db"
            copy_sqlite(engine, copy)
            copied = sa.create_engine(f"sqlite:///{copy}")
            try:
                with copied.connect() as connection:
                    yield connection
            finally:
                copied.dispose()
        return
    options: dict[str, Any] = {"isolation_level": "REPEATABLE READ"}
    if engine.dialect.name == "postgresql":
        options |= {"postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        if engine.dialect.name == "mysql":
            connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        yield connection


def copy_sqlite(engine: Engine, target: Path) -> None:
    """The engine's own copying: unlike a copy of the file, it holds what is still in the write-ahead log."""
    source = engine.raw_connection()
    try:
        with closing(sqlite3.connect(target)) as copy:
            source.driver_connection.backup(copy)  # type: ignore[union-attr]
    finally:
        source.close()
