"""The engine's manners, the unit of work, and sessions that are not a person's."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask import Flask, g, request
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.core.errors import StaleRecord
from app.extensions import db

# SQLite: a transaction that may write must say so at its start, or it fails half-way when another one wrote first.
_may_write: ContextVar[bool] = ContextVar("may_write", default=False)
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One commit at the edge: everything inside is written, or nothing is."""
    session = db.session()
    if session.in_transaction() and not _may_write.get():
        session.commit()  # it began as a reading one
    token = _may_write.set(True)
    try:
        yield session
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise StaleRecord() from error
    except BaseException:
        session.rollback()
        raise
    finally:
        _may_write.reset(token)
    for call in session.info.pop("after_commit", []):
        call()


def after_commit(call: Callable[[], Any]) -> None:
    """Run `call` once the current unit of work has been committed; forget it when it fails."""
    db.session().info.setdefault("after_commit", []).append(call)


@contextmanager
def system_session() -> Iterator[Session]:
    """A session of its own that no record scope applies to: for the system's work, never for a person's."""
    with Session(db.engine) as session:
        yield session


@contextmanager
def reading_session() -> Iterator[Session]:
    """A second session within the acting person's scope, to look things up while another result is still being read: drivers differ in whether one connection can do both."""
    token = _may_write.set(False)
    try:
        with db.session.session_factory() as session:
            yield session
    finally:
        _may_write.reset(token)


def install(app: Flask) -> None:
    """Mark reading requests, forget pending calls on rollback, and teach every engine its manners."""

    @app.before_request
    def declare_intent() -> None:
        g.intent = _may_write.set(request.method not in SAFE_METHODS)

    @app.teardown_request
    def forget_intent(_error: BaseException | None) -> None:
        if "intent" in g:
            _may_write.reset(g.pop("intent"))

    with app.app_context():
        for engine in db.engines.values():
            _configure(engine)


def _configure(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        if engine.dialect.name == "mysql":
            event.listen(engine, "connect", _strict_mariadb)
        return

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, below
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
            return
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _may_write.get() else "BEGIN")


def _strict_mariadb(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION sql_mode='TRADITIONAL,NO_ENGINE_SUBSTITUTION', time_zone='+00:00'")
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")


@event.listens_for(Session, "after_rollback")
def _forget_pending_calls(session: Session) -> None:
    session.info.pop("after_commit", None)
