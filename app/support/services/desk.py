"""The ticket desk: open tickets of a person, a team, a waiting room, sorted by what falls due next."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.i18n import Text, _l
from app.core.services.listing import Page, Question, matching, page, read_filters
from app.support.models import TICKET
from app.support.models.ticket import OPEN_FILTER

ROWS = 50
COUNTED = 99  # beyond it a tab says 99+


@dataclass(frozen=True, slots=True)
class DeskTab:
    """A pile of open tickets; `filters` are also the address of its list."""

    key: str
    label: Text
    filters: tuple[str, ...]


TABS = (
    DeskTab("mine", _l("My queue"), ("owner_id:eq:me", OPEN_FILTER)),
    DeskTab("team", _l("Team queue"), ("department_id:under:me", OPEN_FILTER)),
    DeskTab("unassigned", _l("Unassigned"), ("owner_id:empty", OPEN_FILTER)),
    DeskTab("open", _l("All open"), (OPEN_FILTER,)),
)


def find_tab(key: str) -> DeskTab | None:
    return next((tab for tab in TABS if tab.key == key), None)


def tickets_of(session: Session, tab: DeskTab, actor: Actor, after: str = "") -> Page:
    """The next tickets of a tab: the earliest due first, the paused ones last."""
    question = Question(filters=read_filters(TICKET, tab.filters), sort="due_at", size=ROWS, after=after)
    return page(session, TICKET, question, actor, relations=("customer", "owner", "queue"))


def counts_of(session: Session, actor: Actor) -> dict[str, str]:
    """{tab: "12" or "99+"} in one statement that stops counting early."""
    columns = []
    for tab in TABS:
        question = Question(filters=read_filters(TICKET, tab.filters))
        some = matching(TICKET, question, actor).with_only_columns(TICKET.model.id).limit(COUNTED + 1).subquery()
        columns.append(select(func.count()).select_from(some).scalar_subquery())
    found = session.execute(select(*columns)).one()
    return {tab.key: str(n) if n <= COUNTED else f"{COUNTED}+" for tab, n in zip(TABS, found, strict=True)}
