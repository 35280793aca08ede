"""Making and removing the demo company outside of a request."""

from app.core.actor import Actor, current_actor
from app.core.database import unit_of_work
from app.core.i18n import _l
from app.core.jobs import Result, Run, job, report_progress
from app.core.types import utc_now
from app.demo.services.company import DemoCompany
from app.demo.services.removal import remove_demo


@job("demo", label=_l("Demo company"))
def make(run: Run) -> Result:
    """Part by part; what is there after an interruption can be removed."""
    return make_parts(current_actor(), lambda done, total, what: report_progress(run, done, total, what))


@job("demo_removal", label=_l("Remove the demo company"))
def remove(_run: Run) -> Result:
    """All of it, or nothing."""
    with unit_of_work():
        return dict(remove_demo(actor=current_actor()))


def make_parts(actor: Actor, tell) -> dict[str, int]:  # type: ignore[no-untyped-def]
    """Each part in a transaction of its own; {entity: how many}."""
    company = DemoCompany(actor, utc_now())
    parts = company.parts
    for done, (what, work) in enumerate(parts):
        tell(done, len(parts), str(what))
        with unit_of_work():
            work()
    tell(len(parts), len(parts), "")
    return dict(company.made)
