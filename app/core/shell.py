"""The frame around every page: navigation, languages, theme, assets."""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, session, url_for
from flask_login import current_user

from app.core.actor import Actor, Right, current_actor
from app.core.entity import Entity, entities
from app.core.headers import nonce
from app.core.i18n import LANGUAGES, Text, _, current_language

DIST = Path(__file__).resolve().parents[1] / "static" / "dist"
THEMES = ("light", "dark", "auto")


@dataclass(frozen=True)
class NavItem:
    """An entry of the side bar; shown to those who hold (right, entity), or to every signed-in person."""

    label: Text
    url: str
    icon: str
    needs: tuple[str, str] | None = None
    active: bool = False


@dataclass
class NavGroup:
    """A titled group of the side bar."""

    key: str
    label: Text
    icon: str
    position: int
    items: list[NavItem] = field(default_factory=list)


_groups: dict[str, NavGroup] = {}


def nav_group(key: str, label: Text, icon: str, position: int) -> None:
    """A domain announces its group of the side bar; its entities appear in it by themselves."""
    _groups[key] = NavGroup(key, label, icon, position)


def nav_item(group: str, item: NavItem, *, first: bool = False) -> None:
    """A page made by hand in a group."""
    items = _groups[group].items
    items[:] = [i for i in items if i.url != item.url]
    items.insert(0 if first else len(items), item)


def menu_order(entity: Entity) -> int:
    """Where the domain of an entity stands in the side bar: what people work with comes before what they set up."""
    return _groups[entity.domain].position if entity.domain in _groups else 100


class Shell:
    """What the frame shows to the person of this request."""

    def __init__(self) -> None:
        self.actor: Actor = current_actor()
        self.locale = current_language()
        self.languages = list(LANGUAGES.items())
        self.app_name = current_app.config["APP_NAME"]
        self.theme = getattr(current_user, "theme", None) or request.cookies.get("theme", "auto")
        if self.theme not in THEMES:
            self.theme = "auto"
        self.user = current_user if self.actor.id is not None else None
        self.search_url = "/search/"
        self.here = request.full_path.rstrip("?")

    @property
    def home(self) -> NavItem:
        return self._placed(NavItem(_("Overview"), "/", "home"))

    @property
    def nav(self) -> list[NavGroup]:
        if self.actor.id is None:
            return []
        shown = []
        for group in sorted(_groups.values(), key=lambda g: g.position):
            given = {item.url for item in group.items}  # a domain may put its entities into an order of its own
            entries = (*group.items, *(item for item in self._entities(group.key) if item.url not in given))
            items = [self._placed(i) for i in entries if i.needs is None or self.actor.may(*i.needs)]
            if items:
                shown.append(NavGroup(group.key, group.label, group.icon, group.position, items))
        return shown

    def _entities(self, domain: str) -> list[NavItem]:
        return [NavItem(e.plural, f"{e.path}/", e.icon, (Right.VIEW, e.name)) for e in entities() if e.domain == domain and e.in_menu]

    def _placed(self, item: NavItem) -> NavItem:
        here = request.path.rstrip("/") + "/"
        active = here == item.url or (item.url != "/" and here.startswith(item.url.rstrip("/") + "/"))
        return NavItem(item.label, item.url, item.icon, item.needs, active)

    @property
    def quick_create(self) -> list[NavItem]:
        made = [e for e in sorted(entities(), key=menu_order) if e.quick_create and self.actor.may(Right.CREATE, e.name)]
        return [NavItem(e.label, f"{e.path}/new", e.icon) for e in made]


@lru_cache
def _manifest(_stamp: float) -> dict[str, str]:
    return dict(json.loads((DIST / "manifest.json").read_text()))


def asset(name: str) -> str:
    """The hashed address of a bundled file."""
    path = DIST / "manifest.json"
    hashed = _manifest(path.stat().st_mtime)[name] if path.exists() else name
    return url_for("static", filename=f"dist/{hashed}")


def install(app: Flask) -> None:
    """Names that every template may use."""
    app.jinja_env.globals.update(asset=asset, csp_nonce=nonce)
    app.jinja_env.add_extension("jinja2.ext.do")

    @app.context_processor
    def frame() -> dict[str, Any]:
        return {"shell": Shell(), "session_locale": session.get("locale")}
