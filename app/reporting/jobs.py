"""What reporting does at night."""

from datetime import timedelta

from app.core.i18n import _l
from app.core.jobs import Run, job, report_progress
from app.core.types import utc_now
from app.reporting.services.kpi_snapshots import take_snapshots


@job(
    "kpi_snapshot",
    label=_l("Key figures of the day"),
    cron="10 0 * * *",
    catch_up=timedelta(hours=24),
    resumable=True,
    timeout=timedelta(hours=1),
)
def kpi_snapshot(run: Run) -> dict[str, object]:
    """The figures of yesterday and of the days that were missed."""
    days = take_snapshots(utc_now(), lambda done, total, what: report_progress(run, done, total, what))
    return {"days": len(days), "from": days[0].isoformat(), "to": days[-1].isoformat()} if days else {"days": 0}
