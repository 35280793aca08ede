"""Jobs, backups and health through HTTP, as the people who may and may not."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.core.actor import Actor
from app.core.database import unit_of_work
from app.core.jobs import enqueue
from app.core.models import JobRun, JobState
from app.core.types import utc_now
from app.extensions import db
from app.operations.services import workers
from app.operations.services.worker import Worker
from tests.operations import jobs_for_tests  # noqa: F401 - declares its jobs

ClientOf = Callable[..., FlaskClient]


def only_run(app: Flask, job: str) -> JobRun:
    """In a context of its own: one that stays open would be shared by all requests, with its signed-in user."""
    with app.app_context():
        run = db.session.scalars(select(JobRun).where(JobRun.job == job)).one()
        db.session.expunge(run)
        return run


@pytest.mark.parametrize("path", ["/jobs/", "/backups/"])
def test_only_administrators_see_operations(path: str, client_of: ClientOf) -> None:
    assert client_of("admin").get(path).status_code == 200
    assert client_of("manager_a").get(path).status_code == 403
    assert client_of(None).get(path).status_code == 302


def test_run_now_does_the_work_once(app: Flask, client_of: ClientOf) -> None:
    admin = client_of("admin")
    assert client_of("sales_a1").post("/jobs/backup/start").status_code == 403
    started = admin.post("/jobs/backup/start")
    assert started.status_code == 302
    assert admin.post("/jobs/backup/start").status_code == 422, "it waits already"
    Worker(app).work_off()
    run = only_run(app, "backup")
    assert run.state is JobState.DONE, run.message
    page = admin.get(started.location).text
    assert run.result["name"] in page
    assert run.result["name"] in admin.get("/backups/").text
    assert admin.post("/jobs/no-such-job/start").status_code == 404


def test_a_person_sees_and_stops_own_runs_only(app: Flask, client_of: ClientOf, actor_of: Callable[[str], Actor]) -> None:
    actor = actor_of("sales_a1")
    with app.app_context(), unit_of_work() as current:
        run_id = enqueue(current, "test_hang", actor=actor).id
    for path in (f"/jobs/{run_id}", f"/jobs/{run_id}/progress"):
        assert client_of("sales_a1").get(path).status_code == 200
        assert client_of("admin").get(path).status_code == 200
        assert client_of("sales_a2").get(path).status_code == 404
    assert client_of("sales_a2").post(f"/jobs/{run_id}/cancel").status_code == 404
    assert client_of("sales_a1").post(f"/jobs/{run_id}/cancel").status_code == 302
    assert only_run(app, "test_hang").state is JobState.CANCELLED


def test_health_is_public_and_honest(app: Flask, client_of: ClientOf) -> None:
    stranger = client_of(None)
    assert stranger.get("/health/alive").get_json() == {"status": "alive"}
    before = stranger.get("/health/ready")
    assert (before.status_code, before.get_json()["checks"]["jobs"]) == (200, "failed")
    with app.app_context():
        workers.sign_of_life("here", utc_now(), utc_now())
    assert stranger.get("/health/ready").get_json()["checks"] == {"database": "ok", "migration": "ok", "jobs": "ok", "disk": "ok"}


def test_not_ready_with_old_tables(app: Flask, client_of: ClientOf) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    answer = client_of(None).get("/health/ready")
    assert (answer.status_code, answer.get_json()["checks"]["migration"]) == (503, "failed")
