"""The migrations make exactly the tables of the models, on every database, and can be taken back with data in them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select
from sqlalchemy.schema import Table

import config
from app import create_app
from app.core.actor import SYSTEM, acting_as
from app.core.database import unit_of_work
from app.customers.models import Customer
from app.extensions import db
from app.security.services.setup import seed_all
from tests.database import prepared_database
from tests.world import build_world

SERVERS = {"sqlite": None, "postgresql": "TEST_POSTGRESQL_URL", "mariadb": "TEST_MARIADB_URL"}
LONGEST_NAME = 63  # PostgreSQL cuts longer ones without a word; MariaDB's limit is 64


@pytest.fixture(params=SERVERS)
def migrated(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An application on an empty database of each kind, in its context."""
    variable = SERVERS[request.param]
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    if variable:
        if not os.environ.get(variable):
            pytest.skip(f"{variable} is not set: nothing was tested on {request.param}")
        monkeypatch.setenv("TEST_DATABASE_URL", os.environ[variable])
    with prepared_database(tmp_path) as url:
        app = create_app(config.Testing, SQLALCHEMY_DATABASE_URI=url, DATA_DIR=tmp_path)
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def alembic(app: Flask):
    return app.extensions["migrate"].migrate.get_config()


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_up_down_up_with_data(migrated):
    world = build_world()
    assert len(world.customers) == 3
    db.session.remove()
    downgrade(revision="base")
    assert not tables()
    upgrade()
    assert tables() == set(db.metadata.tables)
    with acting_as(SYSTEM), unit_of_work() as session:
        seed_all()
        assert session.scalar(select(func.count()).select_from(Customer)) == 0


def test_models_and_migrations_agree(migrated):
    upgrade()
    command.check(alembic(migrated))


def test_one_line_of_history(migrated):
    assert len(ScriptDirectory.from_config(alembic(migrated)).get_heads()) == 1


def names(table: Table) -> Iterator[str]:
    yield table.name
    yield from (str(c.name) for c in table.columns)
    yield from (str(i.name) for i in table.indexes)
    yield from (str(c.name) for c in table.constraints if c.name)


def test_names_fit_every_database(app):
    assert not [name for table in db.metadata.tables.values() for name in names(table) if len(name) > LONGEST_NAME]


def test_foreign_keys_have_indexes(app):
    """FAB and the databases make none; without one, every delete reads the whole referring table."""
    # Who changed a record is shown, never searched.
    shown_only = {"updated_by_id"}
    bare = []
    for table in db.metadata.tables.values():
        if table.name.startswith("ab_"):
            continue
        led = {tuple(i.columns)[0].name for i in table.indexes} | {tuple(c.columns)[0].name for c in table.constraints if len(c.columns)}
        bare += [f"{table.name}.{k.parent.name}" for k in table.foreign_keys if k.parent.name not in led | shown_only]
    assert not bare
