"""The first administrator and everything that must be there before: roles, permissions, dictionaries."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import current_app
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.database import system_session
from app.core.errors import NotFound
from app.core.models import DictionaryEntry
from app.core.services.audit import record_change
from app.extensions import db
from app.security.models import CrmRole, CrmUser, Department
from app.security.services.permissions import write_permissions
from app.security.services.roles import seed_roles
from app.security.services.user import make_user

Seed = Callable[[Session], None]
_seeds: list[Seed] = []


def add_seed(seed: Seed) -> None:
    """A domain's first rows; must be safe to run again."""
    if seed not in _seeds:
        _seeds.append(seed)


def seed_all() -> None:
    """Permissions, preset roles and every domain's first rows; the caller commits."""
    session = db.session()
    write_permissions(session)
    seed_roles(session)
    for seed in _seeds:
        seed(session)
    session.flush()


def seed_dictionary(session: Session, dictionary: str, entries: Sequence[tuple[str, ...]]) -> None:
    """Entries (key, zh, en[, colour]) that are not there yet; existing ones belong to the administrator."""
    known = set(session.scalars(select(DictionaryEntry.key).where(DictionaryEntry.dictionary == dictionary)))
    for position, (key, zh, en, *color) in enumerate(entries, start=1):
        if key not in known:
            session.add(
                DictionaryEntry(
                    dictionary=dictionary, key=key, name_zh=zh, name_en=en, position=position * 10, color=color[0] if color else None
                )
            )


def is_set_up() -> bool:
    """Whether there is a user; once yes, always yes, so the answer is remembered."""
    if current_app.extensions.get("kehu_set_up"):
        return True
    with system_session() as session:
        found = bool(session.scalar(select(exists(select(CrmUser.id).select_from(CrmUser)))))
    if found:
        current_app.extensions["kehu_set_up"] = True
    return found


def set_up(answers: dict[str, Any]) -> CrmUser:
    """The company's root department and its administrator, from the wizard's answers."""
    session = db.session()
    if session.scalar(select(exists(select(CrmUser.id).select_from(CrmUser)))):
        raise NotFound()  # somebody else was faster
    seed_all()
    root = Department(name_zh=answers["company"], name_en=answers["company"], path="/")
    session.add(root)
    session.flush()
    root.path = f"/{root.id}/"
    administrator = session.scalar(select(CrmRole).where(CrmRole.is_administrator.is_(True)))
    user = make_user(session, answers, password=answers["password"], roles=[administrator])
    user.department_id, user.locale = root.id, answers["language"]
    root.head_id = user.id
    session.flush()
    record_change(session, SYSTEM, "user", user.id, "set_up", {"username": (None, user.username)})
    return user
