"""`flask crm import`: the same import as in the browser."""

from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.core.actor import Actor, Source, acting_as
from app.core.database import unit_of_work
from app.core.entity import entities, find_entity
from app.core.errors import NotAllowed, NotFound, Refusal
from app.core.i18n import force_locale
from app.dataexchange.models import ImportJob, ImportMode, ImportProblem, ImportState
from app.dataexchange.services import imports
from app.dataexchange.services.plan import DECISIONS
from app.extensions import db
from app.security.models import CrmUser
from app.security.services.actor import load_actor

SHOWN = 20
FORMAT_PART = {choice: part for part, choices in DECISIONS.items() for choice in choices}


@click.command("import")
@click.argument("entity")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "username", required=True, help="The user in whose name the records are made.")
@click.option("--mode", type=click.Choice([mode.value for mode in ImportMode]), default="create", show_default=True)
@click.option("--match", help="Field by which existing records are found.")
@click.option(
    "--map", "mapped", multiple=True, metavar="HEADER=FIELD", help="Where the headers do not speak for themselves; FIELD may be empty."
)
@click.option(
    "--value", "values", multiple=True, metavar="FIELD:TEXT=VALUE", help="What a text of the file stands for; VALUE may be empty."
)
@click.option("--format", "formats", multiple=True, metavar="FIELD=FORMAT", help=f"How a column is written: {', '.join(FORMAT_PART)}.")
@click.option("--create-missing", multiple=True, metavar="FIELD", help="Make the records or terms that this column names.")
@click.option("--sheet", help="Sheet of a workbook; the first one with rows unless given.")
@click.option("--encoding", help="Encoding of a text file; detected unless given.")
@click.option("--header-row", type=click.IntRange(0, 1000), help="Row with the headers, 0 for none; detected unless given.")
@click.option("--whole", is_flag=True, help="All rows or none.")
@click.option("--check-only", is_flag=True, help="Write nothing.")
@with_appcontext
def import_file(
    entity: str, file: Path, username: str, mode: str, match: str | None, mapped: tuple[str, ...], values: tuple[str, ...], formats: tuple[str, ...],
    create_missing: tuple[str, ...], sheet: str | None, encoding: str | None, header_row: int | None, whole: bool, check_only: bool,
) -> None:  # fmt: skip
    """Import FILE (CSV, XLSX, XLS, ODS) into ENTITY (customer, contact, opportunity …)."""
    if find_entity(entity) is None:
        known = ", ".join(sorted(e.name for e in entities() if "import" in e.rights))
        raise click.ClickException(f"There is no {entity}. What can be imported: {known}.")
    actor = _actor(username)
    options = {
        "mode": mode, "match": match, "whole": whole, "create_missing": list(create_missing),
        "values": _by_field(values, "="), "formats": _formats(formats),
    }  # fmt: skip
    reading = {"sheet": sheet, "encoding": encoding, "header_row": header_row}
    with acting_as(actor), force_locale(actor.locale):
        try:
            with unit_of_work(), file.open("rb") as opened:
                job_id = imports.take_in(opened, file.name, entity, actor=actor).id
            with unit_of_work():
                imports.read_again(job_id, reading, actor=actor)
                job = imports.get_job(job_id, actor=actor)
                imports.configure(job_id, mapping=job.mapping | _mapping(job, mapped), options=options, actor=actor)
            job = imports.check(job_id, actor=actor)
            click.echo(f"{job.total} rows, {job.failed_count} with problems.")
            _tell_unknown(job)
            if not check_only and job.state is ImportState.CHECKED:
                job = imports.run(job_id, actor=actor)
                click.echo(f"{job.created_count} created, {job.updated_count} changed, {job.failed_count} refused.")
        except (NotAllowed, NotFound) as refusal:
            raise click.ClickException(f"{username}: {refusal.sentence}") from refusal
        except Refusal as refusal:
            details = "".join(f"\n  {name}: {text}" for name, text in refusal.details.get("fields", {}).items())
            raise click.ClickException(f"{refusal.sentence}{details}") from refusal
        for problem in db.session.scalars(
            select(ImportProblem).where(ImportProblem.import_job_id == job_id).order_by(ImportProblem.row).limit(SHOWN)
        ):
            click.echo(f"  row {problem.row}, {problem.field or 'row'}: {problem.sentence}")
        if job.state is ImportState.FAILED:
            raise click.ClickException(job.message or "The import failed.")


def _actor(username: str) -> Actor:
    user_id = db.session.scalar(select(CrmUser.id).where(CrmUser.username == username, CrmUser.active.is_(True)))
    if user_id is None:
        raise click.ClickException(f"There is no active user {username}.")
    return load_actor(user_id, Source.IMPORT)


def _mapping(job: ImportJob, pairs: Iterable[str]) -> dict[str, str]:
    """{column number: field} of HEADER=FIELD."""
    columns = {header: str(number) for number, header in enumerate(job.headers, start=1)}
    found = {}
    for pair in pairs:
        header, _equals, field = pair.rpartition("=")
        if header not in columns:
            raise click.ClickException(f"The file has no column {header}: {', '.join(columns)}")
        found[columns[header]] = field
    return found


def _by_field(pairs: Iterable[str], sign: str) -> dict[str, dict[str, str]]:
    """{field: {text: value}} of FIELD:TEXT=VALUE."""
    found: dict[str, dict[str, str]] = {}
    for pair in pairs:
        field, _colon, rest = pair.partition(":")
        text, equals, value = rest.rpartition(sign)
        if not equals:
            raise click.ClickException(f"{pair}: write it as FIELD:TEXT=VALUE.")
        found.setdefault(field, {})[text] = value
    return found


def _formats(pairs: Iterable[str]) -> dict[str, dict[str, str]]:
    """{field: {part of the format: choice}} of FIELD=FORMAT."""
    found: dict[str, dict[str, str]] = {}
    for pair in pairs:
        field, _equals, choice = pair.partition("=")
        if choice not in FORMAT_PART:
            raise click.ClickException(f"{pair}: the format is one of {', '.join(FORMAT_PART)}.")
        found.setdefault(field, {})[FORMAT_PART[choice]] = choice
    return found


def _tell_unknown(job: ImportJob) -> None:
    """The words nobody knows, each with the option that would explain it."""
    for field, words in job.findings.get("unknown", {}).items():
        for word in words[:SHOWN]:
            near = word["nearest"][0][1] if word["nearest"] else "…"
            click.echo(f"  {word['rows']} × “{word['text']}”: --value '{field}:{word['text']}={near}'")
