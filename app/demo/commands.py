"""`flask crm demo`: the same demo company as in the browser."""

import click
from flask import current_app

from app.core.actor import SYSTEM, Source, acting_as
from app.core.database import unit_of_work
from app.core.errors import Refusal
from app.core.i18n import force_locale
from app.demo.jobs import make_parts
from app.demo.services.removal import remove_demo
from app.security.commands import crm


@crm.command("demo")
@click.option("--remove", is_flag=True, help="Take away exactly what the generator made.")
def demo(remove: bool) -> None:
    """Fill an empty company with two years of invented customers, deals and tickets."""
    actor = SYSTEM.through(Source.COMMAND)
    with current_app.test_request_context(), force_locale("en"), acting_as(actor):
        try:
            if remove:
                with unit_of_work():
                    done = remove_demo(actor=actor)
            else:
                done = make_parts(actor, lambda at, total, what: click.echo(f"{at}/{total} {what}") if what else None)
        except Refusal as refusal:
            raise click.ClickException(str(refusal.sentence)) from refusal
    click.echo(("Removed: " if remove else "Made: ") + ", ".join(f"{count} {name}" for name, count in done.items()))
