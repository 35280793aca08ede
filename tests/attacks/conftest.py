"""What every attack needs: foreign records of all kinds, a fingerprint of the database, all addresses."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import MetaData, select
from werkzeug.routing import Rule

from app.core.actor import acting_as
from app.core.database import unit_of_work
from app.core.entity import entities
from app.core.models.record import Owned
from app.extensions import db
from app.security.services.actor import load_actor
from tests.factory import try_make

ATTACKER, VICTIM = "sales_a1", "sales_b1"
MARK = f"CNRY-{VICTIM}"
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
NOWHERE = 999_999
# FAB's and Flask's own files.
FOREIGN_ENDPOINTS = {"static", "appbuilder.static"}
# Everybody may call these; each is listed with the reason.
PUBLIC_ENDPOINTS = {
    "SignInView.login",  # the door itself
    "SignInView.logout",  # ends nothing but one's own session
    "TokenApi.login",  # the door for programs
    "TokenApi.refresh",  # asks for a refresh token
    "PreferencesView.language",  # before signing in, too
    "PreferencesView.theme",
    "SetupView.wizard",  # 404 as soon as there is a user
    "HealthView.alive",  # says that the process lives
    "HealthView.ready",  # says whether it can serve
}


@dataclass(frozen=True)
class Foreign:
    """A record of the other branch."""

    entity: Any
    id: int


@pytest.fixture
def foreign(app: Flask, world: Any) -> list[Foreign]:
    """One record of every entity that belongs to somebody, made by the victim with marks in all texts."""
    made = []
    with app.app_context():
        actor = load_actor(world.users[VICTIM])
        administrator = load_actor(world.users["admin"])
        for entity in entities():
            if not issubclass(entity.model, Owned):
                continue
            with acting_as(actor), unit_of_work():
                record = try_make(entity, MARK, actor) if actor.may("create", entity.name) else None
            if record is None:
                with acting_as(administrator), unit_of_work():
                    record = try_make(entity, MARK, administrator)
                    if record is not None:
                        record.owner_id, record.department_id = actor.id, actor.department_id
            if record is not None:
                made.append(Foreign(entity, record.id))
        db.session.remove()
    return made


@pytest.fixture
def fingerprint(app: Flask) -> Callable[[], str]:
    """A hash over all rows of all tables: equal before and after means that nothing was written."""
    metadata = MetaData()
    with app.app_context():
        metadata.reflect(db.engine)

    def take() -> str:
        digest = hashlib.sha256()
        with app.app_context(), db.engine.connect() as connection:
            for table in metadata.sorted_tables:
                rows = connection.execute(select(table).order_by(*table.primary_key.columns))
                digest.update(table.name.encode() + repr([tuple(r) for r in rows]).encode())
        return digest.hexdigest()

    return take


def rules(app: Flask) -> Iterator[Rule]:
    """Every address of ours."""
    return (rule for rule in app.url_map.iter_rules() if rule.endpoint not in FOREIGN_ENDPOINTS)


def address(rule: Rule, record_id: int = NOWHERE) -> str:
    """An address of that rule: ids as given, words as they come."""
    words = {"action": "delete", "entity": "customer", "what": "note", "name": "contact", "field": "customer_id", "version": "v1"}
    url = rule.rule
    for argument in rule.arguments:
        value = words.get(argument, str(record_id))
        for converter in (f"<int:{argument}>", f"<string:{argument}>", f"<path:{argument}>", f"<{argument}>"):
            url = url.replace(converter, value)
    return url


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
