"""`flask crm …`: what an administrator does at the console."""

import click
from flask import current_app
from flask.cli import AppGroup
from flask_migrate import upgrade
from sqlalchemy import select

from app.core.actor import SYSTEM, Source, acting_as
from app.core.database import unit_of_work
from app.core.errors import InvalidValues
from app.core.i18n import force_locale
from app.security.models import CrmRole
from app.security.services.setup import seed_all
from app.security.services.user import make_user

crm = AppGroup("crm", help="Kehu CRM: set-up, administrators, import, backup, restore, demo, doctor.")


@crm.command("setup")
def setup() -> None:
    """Create or upgrade the database: tables, permissions, preset roles, dictionaries."""
    upgrade()
    with acting_as(SYSTEM.through(Source.COMMAND)), unit_of_work():
        seed_all()
    click.echo("The database is ready.")


@crm.command("create-admin")
@click.option("--username", prompt=True)
@click.option("--first-name", prompt="Given name")
@click.option("--last-name", prompt="Family name")
@click.option("--email", prompt=True)
@click.password_option()
def create_admin(username: str, first_name: str, last_name: str, email: str, password: str) -> None:
    """Make an administrator, for example when nobody can sign in any more."""
    values = {"username": username, "first_name": first_name, "last_name": last_name, "email": email}
    try:
        with acting_as(SYSTEM.through(Source.COMMAND)), unit_of_work() as session, force_locale("en"):
            role = session.scalar(select(CrmRole).where(CrmRole.is_administrator.is_(True)))
            if role is None:
                raise click.ClickException("Run `flask crm setup` first.")
            make_user(session, values, password=password, roles=[role])
    except InvalidValues as refusal:
        with current_app.test_request_context(), force_locale("en"):
            raise click.ClickException("; ".join(f"{n}: {s}" for n, s in refusal.problems.items())) from refusal
    click.echo(f"Administrator {username} created.")
