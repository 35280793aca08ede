"""One application per test process on a real database that every test finds fresh."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import config
from app import create_app
from app.core.actor import Actor
from app.extensions import db
from app.security.services.actor import load_actor
from tests.database import FreshDatabase, prepared_database
from tests.world import World, build_world

DATA = Path(os.environ.get("KEHU_TEST_DATA", config.ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def _application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, FreshDatabase, World]]:
    folder = tmp_path_factory.mktemp("kehu")
    with prepared_database(folder) as url:
        folders = {"DATA_DIR": folder, "UPLOAD_DIR": str(folder / "files"), "BACKUP_DIR": str(folder / "backups")}
        app = create_app(config.Testing, SQLALCHEMY_DATABASE_URI=url, WTF_CSRF_ENABLED=False, **folders)
        with app.app_context():
            world = build_world()
            db.session.remove()
            fresh = FreshDatabase(db.engine)
        yield app, fresh, world


@pytest.fixture
def app(_application: tuple[Flask, FreshDatabase, World]) -> Iterator[Flask]:
    """The application on a fresh database, without an application context of its own."""
    application, fresh, _world = _application
    before = dict(application.config)
    yield application
    application.config.clear()
    application.config.update(before)
    with application.app_context():
        fresh.restore()


@pytest.fixture
def world(_application: tuple[Flask, FreshDatabase, World]) -> World:
    """Names → ids of the people, departments and records that are always there."""
    return _application[2]


@pytest.fixture
def client_of(app: Flask, world: World) -> Callable[..., FlaskClient]:
    """A browser in which a person of the world is signed in; `None` is a stranger."""

    def make(who: str | None, language: str = "en") -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as session:
            session["locale"] = language
            if who is not None:
                session["_user_id"], session["_fresh"] = str(world.users[who]), True
        return client

    return make


@pytest.fixture
def actor_of(app: Flask, world: World) -> Callable[[str], Actor]:
    """The actor of a person of the world."""

    def make(who: str) -> Actor:
        with app.app_context():
            return load_actor(world.users[who])

    return make


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """For looking at what is really in the database: unscoped, always fresh, holding no lock."""
    with app.app_context():
        engine = db.engine.execution_options(isolation_level="AUTOCOMMIT")
    # Outside of any application context: requests would share it, and with it who is signed in.
    with Session(engine, execution_options={"populate_existing": True}) as looking:
        yield looking


@pytest.fixture(scope="session")
def data() -> Path:
    """Real data sets; tests that need them are skipped where they are not there."""
    if not DATA.is_dir():
        pytest.skip("no test data folder (set KEHU_TEST_DATA)")
    return DATA
