"""What operations does at night."""

from datetime import timedelta

from app.core.i18n import _l
from app.core.jobs import Run, job, report_progress
from app.operations.services.backup import make_backup


@job("backup", label=_l("Backup"), cron="30 2 * * *", catch_up=timedelta(hours=22), resumable=True, timeout=timedelta(hours=6))
def backup(run: Run) -> dict[str, object]:
    """Save, verify, let go of old ones."""
    made = make_backup(run_id=run.id, tell=lambda done, total, what: report_progress(run, done, total or None, what))
    return {"name": made.name, "rows": made.rows, "files": made.files, "bytes": made.bytes}
