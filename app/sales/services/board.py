"""The funnel board: sums of each column by grouping, cards by place, all columns in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, or_, select, union_all
from sqlalchemy.orm import Session, aliased, selectinload

from app.core.actor import Actor
from app.core.errors import BadRequest
from app.sales.models import Opportunity, Stage
from app.sales.services.funnel import FunnelFigures, StageSums
from app.sales.services.selection import Filters, conditions

CARDS = 50
NEWEST_FIRST = (Opportunity.stage_entered_at.desc(), Opportunity.id.desc())


@dataclass(frozen=True)
class Cards:
    """Some cards of a column and the place where the next ones begin."""

    records: Sequence[Opportunity]
    next: str | None


class Board:
    """The opportunities of a selection, by stage."""

    def __init__(self, session: Session, actor: Actor, filters: Filters) -> None:
        self.session = session
        self.actor = actor
        self.filters = filters

    def figures(self) -> dict[int, StageSums]:
        """What stands above each column."""
        return FunnelFigures(self.session, self.actor).by_stage(self.filters)

    def first_cards(self, stages: Sequence[Stage]) -> dict[int, Cards]:
        """The newest cards of every column in one statement: each branch walks its own index no further than it must."""
        branches = [self._newest(stage.id).subquery() for stage in stages]
        card = aliased(Opportunity, union_all(*(select(branch) for branch in branches)).subquery())
        related = (selectinload(card.customer), selectinload(card.owner))
        found: dict[int, list[Opportunity]] = {stage.id: [] for stage in stages}
        for record in self.session.scalars(select(card).options(*related)):
            found[record.stage_id].append(record)
        return {stage: _cut(sorted(records, key=_place, reverse=True)) for stage, records in found.items()}

    def more_cards(self, stage: Stage, after: str) -> Cards:
        """The cards of a column behind a place."""
        moment, key = read_place(after)
        entered = Opportunity.stage_entered_at
        beyond = or_(entered < moment, and_(entered == moment, Opportunity.id < key))
        statement = select(Opportunity).where(Opportunity.stage_id == stage.id, beyond, *conditions(self.filters, self.actor))
        related = (selectinload(Opportunity.customer), selectinload(Opportunity.owner))
        return _cut(self.session.scalars(statement.options(*related).order_by(*NEWEST_FIRST).limit(CARDS + 1)).all())

    def _newest(self, stage_id: int) -> Select[Opportunity]:
        where = (Opportunity.stage_id == stage_id, *conditions(self.filters, self.actor))
        return select(Opportunity).where(*where).order_by(*NEWEST_FIRST).limit(CARDS + 1)


def _place(record: Opportunity) -> tuple[datetime, int]:
    return record.stage_entered_at, record.id


def _cut(records: Sequence[Opportunity]) -> Cards:
    """One more was read than is shown, to know whether there are more."""
    shown = records[:CARDS]
    return Cards(shown, place_of(shown[-1]) if len(records) > CARDS else None)


def place_of(record: Opportunity) -> str:
    """Where a card stands in its column."""
    return f"{record.stage_entered_at.isoformat()}_{record.id}"


def read_place(text: str) -> tuple[datetime, int]:
    """The reverse of `place_of`."""
    moment, _sep, key = text.rpartition("_")
    try:
        entered = datetime.fromisoformat(moment)
        if entered.tzinfo is None or not key.isdecimal() or len(key) > 18:
            raise ValueError
    except ValueError as error:
        raise BadRequest() from error
    return entered, int(key)
