"""Imports in the background: checking and running may be interrupted and go on later."""

from app.core.actor import Source, current_actor
from app.core.i18n import _l, force_locale
from app.core.jobs import Cancelled, Result, Run, job, report_progress
from app.dataexchange.models import ImportState
from app.dataexchange.services import imports


@job("import", label=_l("Import"), resumable=True, source=Source.IMPORT)
def import_rows(run: Run) -> Result:
    """Check or run the import that the payload names, in the importer's name."""
    actor = current_actor()
    work = {"check": imports.check, "run": imports.run}[run.payload["step"]]
    with force_locale(actor.locale):
        done = work(run.payload["import_job_id"], actor=actor, progress=lambda at, total: report_progress(run, at, total or None))
    if done.state is ImportState.CANCELLED:
        raise Cancelled
    return {"state": str(done.state), "created": done.created_count, "updated": done.updated_count, "failed": done.failed_count}
