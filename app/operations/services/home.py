"""Operations on the administrator's home page: is everything running, was everything saved?"""

import shutil
from datetime import timedelta

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.models import JobRun, JobState, JobWorker
from app.operations.services.backup import is_overdue, last_good_backup
from app.operations.services.health import SILENT_AFTER, check_disk
from app.reporting.services.home import Block, Data, Viewer

RECENT = timedelta(days=1)


def operations(session: Session, viewer: Viewer) -> Data:
    """Five statements and a look at the disk."""
    last, good = session.scalar(select(func.max(JobWorker.heartbeat_at))), last_good_backup()
    troubled = JobRun.state.in_([JobState.FAILED, JobState.LOST]) & (JobRun.queued_at >= viewer.now - RECENT)
    failed = session.scalar(select(func.count()).select_from(JobRun).where(troubled))
    return {
        "alive": last is not None and viewer.now - last < SILENT_AFTER,
        "good": good,
        "overdue": is_overdue(viewer.now),
        "failed": failed or 0,
        "disk": check_disk(),
        "free": round(shutil.disk_usage(current_app.config["DATA_DIR"]).free / 2**30, 1),
    }


OPERATIONS = Block("operations", 5, "operations/_home.html", lambda viewer: viewer.actor.is_administrator, operations)
