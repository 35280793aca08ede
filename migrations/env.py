"""Alembic's environment: one metadata for FAB's tables and ours, on SQLite, PostgreSQL and MariaDB."""

import logging
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeDecorator

from app.extensions import db

logging.getLogger("alembic").setLevel(logging.WARNING)
target = db.metadata


def render_item(kind: str, item: Any, autogen: Any) -> Any:
    """Migrations know plain SQL types only, so that they still run when our own types change."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    name = type(item).__name__
    if name == "UTCDateTime":
        autogen.imports.add("from migrations.types import Moment")
        return "Moment"
    if name == "Money":
        autogen.imports.add("from migrations.types import Amount")
        return "Amount"
    if name == "ChoiceType":
        return f"sa.String({item.impl.length})"
    return False


def run() -> None:
    """Migrate the application's own database: all of it, or nothing where the database can take tables back."""
    engine = current_app.extensions["migrate"].db.engine
    on_sqlite = engine.dialect.name == "sqlite"
    options = {"compare_type": True, "render_as_batch": on_sqlite, "render_item": render_item}
    applied: list[Any] = []
    if on_sqlite:
        options["transactional_ddl"] = True  # our connections begin their transactions themselves, so it can
    with engine.connect() as connection:
        if on_sqlite:
            _foreign_keys(connection, on=False)
        try:
            context.configure(
                connection=connection, target_metadata=target, on_version_apply=lambda **step: applied.append(step["step"]), **options
            )
            with context.begin_transaction():
                context.run_migrations()
                if on_sqlite and applied and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError("The migration leaves rows that refer to missing ones: nothing was changed.")
        finally:
            if on_sqlite:
                connection.rollback()
                _foreign_keys(connection, on=True)


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    """SQLite changes a table by copying it and dropping the old one, which its foreign keys would refuse."""
    connection.connection.driver_connection.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


run()
