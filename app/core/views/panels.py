"""Panels: what domains above the kit hang on record pages (timeline, files, board links), loaded when opened."""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.actor import Actor, Right
from app.core.entity import Entity, get_entity
from app.core.i18n import Text


@dataclass(frozen=True)
class Panel:
    """A tab of record pages; `url` gives the address of its htmx fragment for (entity, record id)."""

    key: str
    label: Text
    url: Callable[[Entity, int], str]
    applies: Callable[[Entity], bool]
    right: tuple[Right, str] | None = None  # (right, entity) that the viewer needs
    position: int = 50


_panels: list[Panel] = []


def add_panel(panel: Panel) -> None:
    """Hang a panel on record pages; registering the same key again replaces it (tests build several apps)."""
    _panels[:] = [p for p in _panels if p.key != panel.key] + [panel]


@dataclass(frozen=True)
class Tab:
    """A panel or related list of one record page."""

    key: str
    label: Text
    url: str
    add_url: str | None = None


def tabs_of(entity: Entity, record_id: int, actor: Actor) -> list[Tab]:
    """All tabs of a record that this person may open, in order."""
    tabs = [
        Tab(p.key, p.label, p.url(entity, record_id))
        for p in sorted(_panels, key=lambda p: p.position)
        if p.applies(entity) and (p.right is None or actor.may(*p.right))
    ]
    for related in entity.related:
        target = get_entity(related.entity)
        if not actor.may(Right.VIEW, target.name):
            continue
        add = f"{target.path}/new?{related.field}={record_id}" if actor.may(Right.CREATE, target.name) else None
        tabs.append(
            Tab(
                f"{target.name}-{related.field}",
                related.label or target.plural,
                f"{entity.path}/{record_id}/related/{target.name}/{related.field}",
                add,
            )
        )
    return tabs
