"""Kehu CRM: the application factory."""

from flask import Flask

import config as settings
from app import domains
from app.core import database, errors, headers, i18n, shell
from app.core.appbuilder import AppBuilder
from app.extensions import csrf, db, migrate
from app.security import models as _models  # noqa: F401 - FAB's manager configures the mappers when imported
from app.security.manager import SecurityManager


def create_app(config: type[settings.Config] | None = None, **overrides: object) -> Flask:
    """A configured application; `overrides` win over the environment's class."""
    chosen = config or settings.selected()
    app = Flask(__name__, static_url_path="/static")
    app.config.from_object(chosen)
    app.config.update(chosen.prepare() | overrides)

    db.init_app(app)
    migrate.init_app(app, db, directory=str(settings.ROOT / "migrations"), compare_type=True)
    database.install(app)
    csrf.init_app(app)  # before AppBuilder: its security API asks for its exemption there
    headers.install(app)
    errors.install(app)
    with app.app_context():
        appbuilder = AppBuilder(security_manager_class=SecurityManager, indexview=domains.index_view())
        appbuilder.init_app(app, db.session)
        i18n.install(app)
        domains.register(app, appbuilder)
    shell.install(app)
    return app
