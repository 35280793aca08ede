"""Importing a text in one go, and looking at what came of it."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.core.actor import Source, acting_as
from app.core.database import unit_of_work
from app.core.i18n import force_locale
from app.dataexchange.services import imports


@dataclass
class Done:
    """The figures of a finished import."""

    id: int
    checked: tuple[int, int]
    state: str
    created: int
    updated: int
    failed: int
    findings: dict[str, Any] = field(default_factory=dict)
    message: str | None = None


@pytest.fixture
def take_in(app, actor_of) -> Callable[..., int]:
    """Upload a text or bytes; returns the import's id."""

    def go(content, entity="customer", who="manager_a", name="rows.csv", encoding="utf-8"):
        actor = actor_of(who).through(Source.IMPORT)
        with app.app_context(), acting_as(actor), force_locale("en"), unit_of_work():
            stream = io.BytesIO(content if isinstance(content, bytes) else content.encode(encoding))
            return imports.take_in(stream, name, entity, actor=actor).id

    return go


@pytest.fixture
def import_rows(app, actor_of, take_in) -> Callable[..., Done]:
    """Upload, decide, check and run; `mapping` adds to what was proposed."""

    def go(content, entity="customer", who="manager_a", name="rows.csv", encoding="utf-8", reading=None, mapping=None, **options):
        job_id = take_in(content, entity, who, name, encoding)
        actor = actor_of(who).through(Source.IMPORT)
        with app.app_context(), acting_as(actor), force_locale("en"):
            with unit_of_work():
                imports.read_again(job_id, reading or {}, actor=actor)
                job = imports.get_job(job_id, actor=actor)
                imports.configure(job_id, mapping={**job.mapping, **(mapping or {})}, options=options, actor=actor)
            job = imports.check(job_id, actor=actor)
            checked, findings = (job.total, job.failed_count), job.findings
            if job.state == "checked":
                job = imports.run(job_id, actor=actor)
            return Done(job_id, checked, str(job.state), job.created_count, job.updated_count, job.failed_count, findings, job.message)

    return go
