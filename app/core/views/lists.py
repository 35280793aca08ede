"""What a list page shows: rows, chips, tabs, sort links and cursors, ready for the template."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy.orm import Session

from app.core.actor import Actor, Right, current_actor
from app.core.entity import Entity, SavedView, get_entity
from app.core.errors import BadRequest
from app.core.fields import Field, Kind
from app.core.i18n import _
from app.core.named_sets import words_of
from app.core.presentation import Shown, record_url, show
from app.core.rules.filters import OPERATORS, WITHOUT_VALUE, Filter, operators_of
from app.core.services.dictionaries import terms
from app.core.services.listing import PAGE_SIZES, Page, Question, page, read_filters, sort_of


def question_of_request(entity: Entity) -> Question:
    """The question that an address asks; BadRequest when it makes no sense."""
    args = request.args
    size = args.get("size", "50")
    if not size.isdecimal() or len(size) > 4:
        raise BadRequest()
    return Question(
        filters=read_filters(entity, args.getlist("filter")[:20]),
        search=args.get("q", "")[:100],
        sort=args.get("sort", "")[:60],
        size=min(int(size), PAGE_SIZES[-1]),
        after=args.get("after", "")[:400],
        before=args.get("before", "")[:400],
        deleted=args.get("deleted") == "1",
    )


@dataclass
class Column:
    """A column head: label, alignment, and the link that sorts by it."""

    name: str
    label: Any
    kind: str
    numeric: bool
    sort_url: str | None
    sorted: str | None  # "asc", "desc" or None


@dataclass
class Row:
    """A record as the list shows it."""

    id: int
    url: str
    title: str
    cells: list[Shown]
    record: Any


@dataclass
class Chip:
    """An active filter in words, and the address without it."""

    text: str
    remove_url: str


@dataclass
class ListPage:
    """Everything `kit/list.html` draws."""

    entity: Entity
    question: Question
    page: Page
    actor: Actor
    session: Session
    columns_shown: tuple[str, ...]
    may: dict[str, bool] = field(default_factory=dict)

    @cached_property
    def columns(self) -> list[Column]:
        described, descending = sort_of(self.entity, self.question)
        heads = []
        for name in self.columns_shown:
            f = self.entity.field(name)
            here = f.name == described.name
            sort = f"-{name}" if here and not descending else name
            heads.append(
                Column(
                    name=name,
                    label=f.label,
                    kind=str(f.kind),
                    numeric=f.kind.is_number,
                    sort_url=self.url(sort=sort) if f.sortable and f.kind is not Kind.REFERENCE else None,
                    sorted=("desc" if descending else "asc") if here else None,
                )
            )
        return heads

    @cached_property
    def rows(self) -> list[Row]:
        fields = [self.entity.field(name) for name in self.columns_shown]
        return [Row(r.id, record_url(self.entity, r.id), r.title, [show(f, r, self.session) for f in fields], r) for r in self.page.records]

    @cached_property
    def chips(self) -> list[Chip]:
        kept = self.question.filters
        return [Chip(self._words(f), self.url(filter=[str(o) for o in kept if o is not f])) for f in kept]

    def _words(self, asked: Filter) -> str:
        described = self.entity.field(asked.field)
        words = f"{described.label} {OPERATORS[asked.operator]}"
        if asked.operator in WITHOUT_VALUE:
            return words
        return f"{words} {self._value_words(described, asked)}"

    def _value_words(self, described: Field, asked: Filter) -> str:
        def one(text: str) -> str:
            if text == "me" and described.kind is Kind.REFERENCE:
                return _("me") if described.target == "user" else _("my department")
            if text in {"today", "now"} and described.kind in {Kind.DATE, Kind.DATETIME}:
                return _("today") if text == "today" else _("now")
            if described.choices is not None:
                return str(dict(described.choices.options()).get(text, text))
            if described.named_set:
                return words_of(described).get(text, text)
            if described.kind is Kind.DICTIONARY:
                term = terms(self.session, str(described.dictionary)).get(text)
                return term.label if term else text
            if described.kind is Kind.REFERENCE and text.isdecimal():
                related = self.session.get(get_entity(str(described.target)).model, int(text))
                return str(related) if related is not None else _("(not visible to you)")
            if described.kind is Kind.BOOLEAN:
                return _("Yes") if text.lower() in {"1", "true", "yes"} else _("No")
            return text

        parts = asked.value.split(",") if asked.operator == "in" else [asked.value]
        return ", ".join(one(part) for part in parts)

    def url(self, **changes: Any) -> str:
        """This list with something changed; the place in it starts over."""
        args: dict[str, Any] = {
            "filter": [str(f) for f in self.question.filters],
            "q": self.question.search,
            "sort": self.question.sort,
            "size": self.question.size if self.question.size != 50 else "",
            "deleted": "1" if self.question.deleted else "",
            **changes,
        }
        pairs = [(k, v) for k, value in args.items() for v in (value if isinstance(value, list) else [value]) if v not in ("", None)]
        return f"{self.entity.path}/" + (f"?{urlencode(pairs)}" if pairs else "")

    @property
    def next_url(self) -> str | None:
        return self.url(after=self.page.next) if self.page.next else None

    @property
    def previous_url(self) -> str | None:
        return self.url(before=self.page.previous) if self.page.previous else None

    @property
    def count_url(self) -> str:
        return self.url().replace(f"{self.entity.path}/", f"{self.entity.path}/count", 1)

    def export_url(self, form: str) -> str:
        return self.url(format=form).replace(f"{self.entity.path}/", f"{self.entity.path}/export", 1)

    @property
    def tabs(self) -> list[tuple[Any, str, bool]]:
        """(label, url, active) of the preset views."""
        asked = {str(f) for f in self.question.filters}
        every = SavedView("all", _("All"))
        views = [every, *self.entity.views]
        return [(v.label, self.url(filter=list(v.filters), sort=v.sort or ""), asked == set(v.filters)) for v in views]

    @property
    def filter_fields(self) -> list[dict[str, Any]]:
        """Fields, operators and choices for the filter builder, as JSON for its script."""
        return [describe_filter(f, self.session) for f in self.entity.fields.values() if f.listed]

    @property
    def is_filtered(self) -> bool:
        return bool(self.question.filters or self.question.search or self.question.after or self.question.before)


def describe_filter(described: Field, session: Session) -> dict[str, Any]:
    """{name, label, kind, operators: [[key, label, needs a value]], options, picker}."""
    options: list[tuple[str, str]] = []
    if described.choices is not None:
        options = [(key, str(label)) for key, label in described.choices.options()]
    elif described.named_set:
        options = list(words_of(described).items())
    elif described.kind is Kind.DICTIONARY:
        options = [(key, term.label) for key, term in terms(session, str(described.dictionary)).items()]
    elif described.kind is Kind.BOOLEAN:
        options = [("true", _("Yes")), ("false", _("No"))]
    return {
        "name": described.name,
        "label": str(described.label),
        "kind": str(described.kind),
        "operators": [[o, str(OPERATORS[o]), o not in WITHOUT_VALUE] for o in operators_of(described)],
        "options": options,
        "picker": f"{get_entity(str(described.target)).path}/options" if described.kind is Kind.REFERENCE else None,
    }


def relations_shown(entity: Entity, names: tuple[str, ...]) -> list[str]:
    """The relationships that a set of columns needs."""
    return [f.relation for name in names if (f := entity.field(name)).kind is Kind.REFERENCE]


def build_list(entity: Entity, session: Session, question: Question | None = None) -> ListPage:
    """The list page of the current request."""
    actor = current_actor()
    question = question or question_of_request(entity)
    found = page(session, entity, question, actor, relations=relations_shown(entity, entity.columns))
    may = {str(right): actor.may(right, entity.name) and right in entity.rights for right in Right}
    return ListPage(entity, question, found, actor, session, entity.columns, may)
