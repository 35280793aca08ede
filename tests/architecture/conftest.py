"""An installation that nobody has visited yet."""

from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

import config
from app import create_app
from app.core.actor import SYSTEM, acting_as
from app.core.database import unit_of_work
from app.security.services.setup import seed_all


@pytest.fixture
def empty_app(tmp_path: Path) -> Flask:
    """Set up as `flask crm setup` does it."""
    app = create_app(config.Testing, SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'empty.db'}", DATA_DIR=tmp_path)
    with app.app_context():
        upgrade()
        with acting_as(SYSTEM), unit_of_work():
            seed_all()
    return app
