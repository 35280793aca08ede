"""Loading millions of rows: indexes away, one stream of rows, indexes back."""

import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Engine, Table, text
from sqlalchemy.schema import CreateIndex, DropIndex

BATCH = 20_000
FAST_SQLITE = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000", "temp_store=MEMORY", "foreign_keys=OFF")


class Loader:
    """Fills tables of a database that nobody else uses yet."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"

    def money(self, cents: int) -> Any:
        """As the product's column type keeps it."""
        return cents if self.is_sqlite else f"{cents // 100}.{cents % 100:02d}"

    def fill(self, table: Table, columns: Sequence[str], rows: Iterator[Sequence[Any]]) -> float:
        """Seconds it took, indexes included."""
        missing = {c.name for c in table.c if not c.nullable and c.server_default is None} - set(columns)
        if missing:
            raise ValueError(f"{table.name} also needs {sorted(missing)}")
        began = time.perf_counter()
        self._indexes(table, DropIndex)
        (self._executemany if self.is_sqlite else self._copy)(table, columns, rows)
        self._indexes(table, CreateIndex)
        return time.perf_counter() - began

    def _indexes(self, table: Table, statement: Any) -> None:
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not self.is_sqlite:
                connection.execute(text("SET maintenance_work_mem = '512MB'"))
            for index in sorted(table.indexes, key=lambda i: str(i.name)):
                connection.execute(statement(index))

    def _executemany(self, table: Table, columns: Sequence[str], rows: Iterator[Sequence[Any]]) -> None:
        connection = self.engine.raw_connection()
        try:
            cursor: Any = connection.cursor()
            for pragma in FAST_SQLITE:
                cursor.execute(f"PRAGMA {pragma}")
            cursor.execute("BEGIN")
            insert = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
            while batch := list(islice(rows, BATCH)):
                cursor.executemany(insert, batch)
            cursor.execute("COMMIT")
        finally:
            connection.invalidate()  # the pragmas must not outlive the loading

    def _copy(self, table: Table, columns: Sequence[str], rows: Iterator[Sequence[Any]]) -> None:
        connection = self.engine.raw_connection()
        try:
            cursor: Any = connection.cursor()
            with cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            if "id" in columns:
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))")
            connection.commit()
        finally:
            connection.close()

    def analyze(self) -> None:
        """The planner must know the tables, as it does in a company that has been working for a while."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if self.is_sqlite:
                connection.execute(text("PRAGMA analysis_limit=1000"))
            connection.execute(text("ANALYZE" if self.is_sqlite else "VACUUM ANALYZE"))
