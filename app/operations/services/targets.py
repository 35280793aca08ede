"""Where a backup is restored to. Each database builds the restored state beside the present one and switches at the end."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError

from app.core.errors import RuleViolation
from app.core.i18n import _l


class Target(Protocol):
    """A database that is to hold the restored rows."""

    def is_empty(self) -> bool:
        """Whether nothing would be lost."""

    def prepare(self) -> str:
        """An empty place beside it; its URL."""

    def switch(self, mark: str) -> str | None:
        """Put the prepared state in place at once; where the former one is kept, if there was one."""

    def discard(self) -> None:
        """Forget the prepared state."""


def target_of(url: str) -> Target:
    """The target for a database URL."""
    parsed = make_url(url)
    kinds: dict[str, type[SqliteTarget] | type[PostgresTarget] | type[MariaDbTarget]] = {
        "sqlite": SqliteTarget,
        "postgresql": PostgresTarget,
        "mysql": MariaDbTarget,
        "mariadb": MariaDbTarget,
    }
    kind = kinds.get(parsed.get_backend_name())
    if kind is None:
        raise RuleViolation(_l("This kind of database is not supported."))
    return kind(parsed)


class SqliteTarget:
    """Switched by SQLite's own copying: one transaction, so that even a program that has the file open sees all or nothing."""

    def __init__(self, url: URL) -> None:
        if not url.database or url.database == ":memory:":
            raise RuleViolation(_l("A database in memory cannot be restored into."))
        self.path = Path(url.database).resolve()
        self.beside = self.path.with_name(f"{self.path.name}.restoring")

    def is_empty(self) -> bool:
        if not self.path.exists():
            return True
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()[0] == 0

    def prepare(self) -> str:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.discard()
        return f"sqlite:///{self.beside}"

    def switch(self, mark: str) -> str | None:
        kept = None
        if not self.is_empty():
            kept = self.path.with_name(f"{self.path.name}.before-{mark}")
            with closing(sqlite3.connect(self.path)) as present, closing(sqlite3.connect(kept)) as copy:
                present.backup(copy)
        with closing(sqlite3.connect(self.beside)) as restored, closing(sqlite3.connect(self.path, timeout=60)) as present:
            restored.backup(present)
        self.discard()
        return str(kept) if kept else None

    def discard(self) -> None:
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(f"{self.beside}{ending}").unlink(missing_ok=True)


class _ServerTarget:
    """What PostgreSQL and MariaDB share."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.beside = f"kehu_restoring_{os.getpid()}"

    @contextmanager
    def connected(self, *, autocommit: bool = False) -> Iterator[Connection]:
        options = {"isolation_level": "AUTOCOMMIT"} if autocommit else {}
        engine: Engine = sa.create_engine(self.url, poolclass=sa.pool.NullPool, **options)
        with engine.begin() as connection:
            yield connection

    def is_empty(self) -> bool:
        with self.connected() as connection:
            return not sa.inspect(connection).get_table_names()


class PostgresTarget(_ServerTarget):
    """Built in a schema of its own; the switch is one transaction that moves the tables of both."""

    MOVABLE = (
        "SELECT c.relname, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END FROM pg_class c "
        "WHERE c.relnamespace = to_regnamespace(:schema) AND c.relkind IN ('r', 'p', 'v', 'S') AND NOT EXISTS "
        "(SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i', 'e') AND c.relkind = 'S')"
    )

    def prepare(self) -> str:
        self.discard()
        with self.connected() as connection:
            connection.exec_driver_sql(f'CREATE SCHEMA "{self.beside}"')
        return self.url.update_query_dict({"options": f"-csearch_path={self.beside}"}).render_as_string(hide_password=False)

    def switch(self, mark: str) -> str | None:
        kept = f"kehu_before_{mark.replace('-', '_')}"
        with self.connected() as connection:
            here = str(connection.scalar(sa.text("SELECT current_schema()")))
            former = self._movable(connection, here)
            if former:
                connection.exec_driver_sql(f'CREATE SCHEMA "{kept}"')
                self._move(connection, former, here, kept)
            self._move(connection, self._movable(connection, self.beside), self.beside, here)
            connection.exec_driver_sql(f'DROP SCHEMA "{self.beside}"')
        return f"schema {kept}" if former else None

    def discard(self) -> None:
        with self.connected() as connection:
            connection.exec_driver_sql(f'DROP SCHEMA IF EXISTS "{self.beside}" CASCADE')

    def _movable(self, connection: Connection, schema: str) -> list[tuple[str, str]]:
        return [(name, kind) for name, kind in connection.execute(sa.text(self.MOVABLE), {"schema": schema})]

    def _move(self, connection: Connection, found: list[tuple[str, str]], source: str, target: str) -> None:
        for name, kind in found:
            connection.exec_driver_sql(f'ALTER {kind} "{source}"."{name}" SET SCHEMA "{target}"')


class MariaDbTarget(_ServerTarget):
    """Built in a database of its own; the switch is one RENAME of all tables. Without the right to make databases: in place, if empty."""

    in_place = False

    def prepare(self) -> str:
        self.discard()
        try:
            with self.connected(autocommit=True) as connection:
                connection.exec_driver_sql(f"CREATE DATABASE `{self.beside}` CHARACTER SET utf8mb4")
        except DBAPIError as error:
            if not self.is_empty():
                raise RuleViolation(
                    _l("The database user may not create databases, which replacing needs. Restore into an empty one instead.")
                ) from error
            self.in_place = True
            return self.url.render_as_string(hide_password=False)
        return self.url.set(database=self.beside).render_as_string(hide_password=False)

    def switch(self, mark: str) -> str | None:
        if self.in_place:
            return None
        kept, here = f"kehu_before_{mark.replace('-', '_')}", self.url.database
        with self.connected(autocommit=True) as connection:
            former = sa.inspect(connection).get_table_names()
            restored = sa.inspect(connection).get_table_names(schema=self.beside)
            if former:
                connection.exec_driver_sql(f"CREATE DATABASE `{kept}` CHARACTER SET utf8mb4")
            moves = [f"`{here}`.`{t}` TO `{kept}`.`{t}`" for t in former] + [f"`{self.beside}`.`{t}` TO `{here}`.`{t}`" for t in restored]
            connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS=0")
            connection.exec_driver_sql(f"RENAME TABLE {', '.join(moves)}")
            connection.exec_driver_sql(f"DROP DATABASE `{self.beside}`")
        return f"database {kept}" if former else None

    def discard(self) -> None:
        with self.connected(autocommit=True) as connection:
            if self.in_place:
                connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS=0")
                for table in sa.inspect(connection).get_table_names():
                    connection.exec_driver_sql(f"DROP TABLE `{table}`")
            else:
                try:
                    connection.exec_driver_sql(f"DROP DATABASE IF EXISTS `{self.beside}`")
                except DBAPIError:
                    return  # not allowed to, so it was never made
