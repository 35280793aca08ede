"""Forms made of an entity's fields: one WTForms field that reads every kind with the kit's own parser."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from wtforms import Field as WTField
from wtforms.widgets import TextInput

from app.core.actor import Actor, Right
from app.core.entity import Entity, get_entity
from app.core.fields import Field, Kind
from app.core.i18n import Text, _
from app.core.named_sets import words_of
from app.core.presentation import plain_text
from app.core.rules.values import Unreadable, read_value
from app.core.services.dictionaries import terms
from app.extensions import db


class ValueField(WTField):
    """Keeps what was typed until it can be read; the template draws it by the kit's `kind`."""

    widget = TextInput()

    def __init__(self, field: Field, zone: str, **kwargs: Any) -> None:
        super().__init__(field.label, **kwargs)
        self.field = field
        self.zone = zone
        self.typed: str | None = None

    @property
    def kind(self) -> str:
        return str(self.field.kind)

    @property
    def required(self) -> bool:
        return self.field.required and self.field.kind is not Kind.BOOLEAN

    def process_formdata(self, values: Sequence[str]) -> None:
        self.typed = values[-1] if values else ""
        try:
            self.data = read_value(self.field, self.typed, zone=self.zone)
        except Unreadable as unreadable:
            raise ValueError(str(unreadable.sentence)) from unreadable
        if self.data is None and self.field.required:
            raise ValueError(_("This field is required."))

    def text(self) -> str:
        """What stands in the box: the typed text, else the stored value in the way it can be typed."""
        if self.typed is not None:
            return self.typed
        if self.data is None:
            return ""
        return editable(self.field, self.data, self.zone)

    @property
    def options(self) -> list[tuple[str, Text]]:
        """(key, label) of a choice, named set or dictionary; a stored retired term stays in the list."""
        if self.field.choices is not None:
            return self.field.choices.options()
        if self.field.named_set:
            return list(words_of(self.field).items())
        if self.field.kind is Kind.DICTIONARY:
            known = terms(db.session(), str(self.field.dictionary))
            return [(key, term.label) for key, term in known.items() if term.active or key == self.data]
        return []

    @property
    def picker_url(self) -> str:
        return f"{get_entity(str(self.field.target)).path}/options"

    @property
    def chosen(self) -> tuple[str, str] | None:
        """(id, title) of the reference that is set now; only this one option is rendered."""
        if self.data is None:
            return None
        target = get_entity(str(self.field.target))
        related = db.session.get(target.model, self.data)
        return str(self.data), str(related) if related is not None else _("(not visible to you)")


def editable(field: Field, value: Any, zone: str) -> str:
    """A value as it can be typed back."""
    if field.kind is Kind.DATETIME:
        return str(value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M"))
    if field.kind is Kind.DATE:
        return str(value.isoformat())
    if field.kind in {Kind.CHOICE, Kind.BOOLEAN, Kind.INTEGER, Kind.REFERENCE}:
        return str(value)
    if field.kind in {Kind.MONEY, Kind.PERCENT, Kind.DECIMAL}:
        return format(value, "f")
    return plain_text(field, value)


class PageForm(FlaskForm):
    """A form reads what a page has sent, and nothing that comes as JSON."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            return super().wrap_formdata(form, request.form if formdata is _Auto and request.method == "POST" else formdata)


class EntityForm(PageForm):
    """The base of all generated forms; the version travels with the values."""

    def values(self) -> dict[str, Any]:
        """Typed values of the fields that were part of the form."""
        return {f.field.name: f.data for f in self if isinstance(f, ValueField)}

    def add_problems(self, problems: Mapping[str, Text]) -> list[str]:
        """Put sentences beside their fields; what has no field of its own comes back for the top."""
        homeless = []
        for name, sentence in problems.items():
            field = self._fields.get(name)
            if field is None:
                homeless.append(str(sentence))
            else:
                field.errors = [*field.errors, str(sentence)]
        return homeless


def build_form(
    entity: Entity,
    actor: Actor,
    *,
    record: Any = None,
    names: Sequence[str] | None = None,
    defaults: Mapping[str, Any] | None = None,
    **options: Any,
) -> EntityForm:
    """A bound form for a new record (defaults) or an existing one; `options` are WTForms' own (prefix, formdata)."""
    wanted = names or (entity.form_fields if record is not None else entity.form_fields + entity.carried)
    made = {}
    for name in wanted:
        field = entity.field(name)
        if not field.readonly and (name != "owner_id" or actor.may(Right.TRANSFER, entity.name)):
            made[name] = ValueField(field, actor.timezone)
    form_class = type(f"{entity.model.__name__}Form", (EntityForm,), made)
    start = {name: entity.field(name).default for name in made if not callable(entity.field(name).default)}
    if record is not None:
        start = {name: getattr(record, name) for name in made}
    return form_class(data={**start, **(defaults or {})}, **options)
