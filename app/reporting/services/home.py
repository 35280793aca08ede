"""The home page is made of blocks. A block appears for those whose work it is about; domains above add their own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.core.actor import Actor, Right

Data = dict[str, Any]


@dataclass(frozen=True)
class Viewer:
    """For whom and for which moment the page is made."""

    actor: Actor
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.actor.timezone)).date()

    def leads(self, entity: str) -> bool:
        """Whether more than own records of an entity are seen, and may be given to others."""
        scope = self.actor.scope(entity)
        return (scope.everything or bool(scope.departments)) and self.actor.may(Right.TRANSFER, entity)

    def sees_others(self, entity: str) -> bool:
        scope = self.actor.scope(entity)
        return scope.everything or bool(scope.departments)


@dataclass(frozen=True)
class Block:
    """A part of the home page: whom it is for, what it needs, how it looks."""

    key: str
    position: int
    template: str
    applies: Callable[[Viewer], bool]
    data: Callable[[Session, Viewer], Data | None]


@dataclass(frozen=True)
class Filled:
    """A block with its data."""

    template: str
    data: Data


_blocks: dict[str, Block] = {}


def add_block(block: Block) -> None:
    """Hang a block on the home page; the same key again replaces it."""
    _blocks[block.key] = block


def blocks_for(session: Session, viewer: Viewer) -> list[Filled]:
    """The viewer's blocks in their order; those with nothing to say stay away."""
    filled = []
    for block in sorted(_blocks.values(), key=lambda b: b.position):
        data = block.data(session, viewer) if block.applies(viewer) else None
        if data is not None:
            filled.append(Filled(block.template, data))
    return filled


def chart(categories: list[str], name: str, values: list[Any], urls: list[str] | None = None, form: str = "number", **more: Any) -> Data:
    """One series as the charts take it."""
    series: Data = {"name": name, "data": [float(value) if value is not None else None for value in values]}
    return {"categories": categories, "series": [series | ({"urls": urls} if urls else {})], "format": form, **more}
