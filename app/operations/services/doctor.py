"""A longer look at the installation, for the administrator at the console."""

from app.core.i18n import _l
from app.core.types import utc_now
from app.operations.services.backup import is_overdue, last_good_backup
from app.operations.services.health import CONFIGURATION, READINESS, Check, Finding


def check_backup() -> Finding:
    label = _l("Last good backup is recent")
    try:
        good, overdue = last_good_backup(), is_overdue(utc_now())
    except Exception as error:
        return Finding("backup", label, False, type(error).__name__, vital=False)
    return Finding("backup", label, not overdue, good.started_at.isoformat(timespec="minutes") if good else "", vital=False)


EVERYTHING: list[Check] = [*READINESS, *CONFIGURATION, check_backup]
