"""Test databases: made by the real migrations, put back after every test by what was written."""

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.schema import MetaData

WRITES = re.compile(r"\s*(?:INSERT\s+(?:OR\s+\w+\s+|IGNORE\s+)?INTO|UPDATE|DELETE\s+FROM)\s+[\"`]?(\w+)", re.IGNORECASE)


@contextmanager
def prepared_database(folder: Path) -> Iterator[str]:
    """The URL of an empty database: SQLite in the folder, or one of its own on the server in TEST_DATABASE_URL."""
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        yield f"sqlite:///{folder / 'kehu.db'}"
        return
    url = make_url(server)
    name = f"kehu_test_{uuid.uuid4().hex[:10]}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    charset = " CHARACTER SET utf8mb4" if url.get_backend_name() == "mysql" else ""
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}{charset}"))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            force = " WITH (FORCE)" if url.get_backend_name() == "postgresql" else ""
            connection.execute(text(f"DROP DATABASE {name}{force}"))
        admin.dispose()


class FreshDatabase:
    """Remembers all rows once; `restore` puts back the tables that were written since."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.metadata = MetaData()
        self.metadata.reflect(engine)
        with engine.connect() as connection:
            self.rows = {t.name: [dict(r._mapping) for r in connection.execute(t.select())] for t in self.metadata.tables.values()}
        self.written: set[str] = set()
        event.listen(Engine, "before_cursor_execute", self._note)  # a second application of a test writes here, too

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found = WRITES.match(statement)
        if found:
            self.written.add(found.group(1).lower())

    def everything_may_have_changed(self) -> None:
        """Another process has written."""
        self.written = set(self.metadata.tables)

    def restore(self) -> None:
        if not self.written:
            return
        tables = [t for t in self.metadata.tables.values() if t.name.lower() in self.written]
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            self._keys(connection, on=False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if self.engine.dialect.name == "sqlite" else "BEGIN")
            for table in tables:
                connection.execute(table.delete())
                if self.rows[table.name]:
                    connection.execute(insert(table), self.rows[table.name])
            connection.exec_driver_sql("COMMIT")
            self._keys(connection, on=True)
        self.written = set()

    def _keys(self, connection: Any, *, on: bool) -> None:
        """Foreign keys off while tables are put back in any order."""
        statement = {
            "sqlite": f"PRAGMA foreign_keys={'ON' if on else 'OFF'}",
            "postgresql": f"SET session_replication_role = {'origin' if on else 'replica'}",
            "mysql": f"SET FOREIGN_KEY_CHECKS={int(on)}",
        }[self.engine.dialect.name]
        connection.exec_driver_sql(statement)
