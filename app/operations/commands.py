"""`flask crm …`: the jobs process, backup, restore, doctor."""

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
from flask import current_app

from app.core.actor import SYSTEM, Source, acting_as
from app.core.errors import Refusal
from app.core.i18n import force_locale
from app.operations.services.backup import backup_folder, make_backup
from app.operations.services.backup_set import read_manifest
from app.operations.services.doctor import EVERYTHING
from app.operations.services.health import examine
from app.operations.services.restore import restore
from app.operations.services.schedule import make_scheduler
from app.operations.services.worker import Worker
from app.security.commands import crm


@crm.command("jobs")
@click.option("--threads", default=2, show_default=True, help="How many jobs run at the same time.")
def run_jobs(threads: int) -> None:
    """Run the jobs process: the nightly jobs at their times, and whatever people ask for."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    worker, scheduler = Worker(app, threads), make_scheduler(app)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        worker.stop()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    scheduler.start()
    click.echo(f"Jobs process {worker.name} is ready.")
    worker.run_forever()
    scheduler.shutdown(wait=False)
    click.echo("Jobs process ended.")
    if worker.active:  # a job that cannot be interrupted must not keep the process alive
        os._exit(0)


@contextmanager
def _at_the_console() -> Iterator[None]:
    """As the system, in English, with refusals as one line and exit code 1."""
    with current_app.test_request_context(), force_locale("en"), acting_as(SYSTEM.through(Source.COMMAND)):
        try:
            yield
        except Refusal as refusal:
            raise click.ClickException(str(refusal.sentence)) from refusal


@crm.command("backup")
def backup() -> None:
    """Save database and files now, and verify the result by restoring it into a scratch database."""
    with _at_the_console():
        made = make_backup()
        click.echo(
            f"{backup_folder() / made.name}: {made.rows} rows in {made.tables} tables, {made.files} files; restored and compared in {made.verify_seconds:.1f} s."
        )


@crm.command("restore")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--into", "url", help="Database URL to restore into; by default the one of the settings.")
@click.option(
    "--files",
    "files",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the uploaded files; by default the one of the settings unless --into is given.",
)
@click.option("--replace", is_flag=True, help="Put the backup in the place of what is there; the present state is kept beside it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore_backup(path: Path, url: str | None, files: Path | None, replace: bool, yes: bool) -> None:
    """Restore a backup. Also the way from one kind of database to another."""
    with _at_the_console():
        manifest = read_manifest(path)
        click.echo(
            f"Backup of {manifest.started_at[:19]} UTC from {manifest.engine}: {manifest.rows} rows in {len(manifest.tables)} tables, {len(manifest.files)} files."
        )
        if not yes:
            click.confirm(f"Restore it into {'the database of the settings' if url is None else 'the given database'}?", abort=True)
        uploads = files or (None if url else Path(current_app.config["UPLOAD_DIR"]))
        done = restore(path, url or str(current_app.config["SQLALCHEMY_DATABASE_URI"]), uploads=uploads, replace=replace)
        click.echo(f"Restored and compared: {done.manifest.rows} rows, {len(done.manifest.files) if uploads else 0} files.")
        for kept in filter(None, (done.former_database, done.former_files)):
            click.echo(f"The former state is kept as {kept}; delete it when you are sure.")
        if not done.same_secret:
            click.echo("The secret key differs from the one at the time of the backup: everybody has to sign in again.")


@crm.command("doctor")
def doctor() -> None:
    """Look at everything the product needs; exit code 1 when something vital is wrong."""
    with _at_the_console():
        findings = examine(EVERYTHING)
        for finding in findings:
            mark = "ok  " if finding.good else "FAIL" if finding.vital else "warn"
            click.echo(f"{mark}  {finding.label}{f' ({finding.detail})' if finding.detail else ''}")
    if any(f.vital and not f.good for f in findings):
        raise SystemExit(1)
