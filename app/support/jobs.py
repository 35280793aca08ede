"""What the service desk does by itself."""

from datetime import timedelta

from app.core.database import unit_of_work
from app.core.i18n import _l
from app.core.jobs import Run, job
from app.support.services.breaches import mark_breaches


@job("service_levels", label=_l("Overdue tickets"), cron="*/10 * * * *", resumable=True, timeout=timedelta(minutes=10))
def service_levels(_run: Run) -> dict[str, object]:
    """Mark what has run past its time."""
    with unit_of_work() as session:
        return {"marked": mark_breaches(session)}
