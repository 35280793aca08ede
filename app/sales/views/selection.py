"""Reading a selection from an address, and describing it to the filter form."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from flask import request

from app.core.actor import Actor, current_actor
from app.core.entity import get_entity
from app.core.errors import BadRequest
from app.core.fields import Field, Kind
from app.core.i18n import _
from app.core.rules.values import Unreadable, read_value
from app.extensions import db
from app.sales.models import OPPORTUNITY
from app.sales.services.selection import Selection

TARGETS = {"pipeline_id": "pipeline", "owner_id": "user", "manager_id": "user", "department_id": "department", "product_id": "product"}
DAYS = {"start", "end", "expected_start", "expected_end"}


def selection_of_request(**known: Any) -> Selection:
    """The selection that an address asks for; BadRequest when it makes no sense."""
    found = {f.name: _read(f.name, request.args[f.name]) for f in fields(Selection) if request.args.get(f.name)}
    return Selection(**{**found, **known})


def _read(name: str, text: str) -> Any:
    field = Field(label="", kind=Kind.DATE if name in DAYS else Kind.REFERENCE, name=name)
    try:
        return read_value(field, text)
    except Unreadable as unreadable:
        raise BadRequest(unreadable.sentence) from unreadable


def as_arguments(selection: Selection) -> dict[str, str]:
    """The selection as it stands in addresses."""
    return {f.name: str(value) for f in fields(Selection) if (value := getattr(selection, f.name)) is not None}


def chosen(selection: Selection) -> Mapping[str, tuple[str, str]]:
    """{field: (id, title)} of the records that the selection names, for pickers."""
    found = {}
    for name, target in TARGETS.items():
        value = getattr(selection, name)
        if value is not None and name != "pipeline_id":
            record = db.session.get(get_entity(target).model, value)
            found[name] = (str(value), str(record) if record is not None else _("(not visible to you)"))
    return found


def sees_others(actor: Actor | None = None) -> bool:
    """Whether choosing an owner makes sense for this person."""
    scope = (actor or current_actor()).scope(OPPORTUNITY.name)
    return scope.everything or bool(scope.departments)
