"""Tasks: given, done, reopened."""

from collections.abc import Callable
from typing import Any

import pytest

from app.activities.models import Task, TaskStatus
from app.activities.services.task import TaskService
from app.core.errors import InvalidValues, NotAllowed, NotFound, RuleViolation, StaleRecord
from tests.world import World

Do = Callable[..., int]


@pytest.fixture
def task(do: Do) -> int:
    return do("sales_a1", TaskService, "create", {"subject": "CNRY prepare offer", "due_at": "2026-03-02T09:00:00Z"})


def test_done_and_open_again(do: Do, session: Any, task: int) -> None:
    do("sales_a1", TaskService, "complete", task)
    done = session.get(Task, task)
    assert done.status is TaskStatus.DONE and done.completed_at is not None
    do("sales_a1", TaskService, "reopen", task)
    session.expire_all()
    again = session.get(Task, task)
    assert again.status is TaskStatus.OPEN and again.completed_at is None


def test_moves_that_make_no_sense(do: Do, session: Any, task: int) -> None:
    with pytest.raises(RuleViolation):
        do("sales_a1", TaskService, "reopen", task)
    do("sales_a1", TaskService, "cancel", task)
    with pytest.raises(RuleViolation):
        do("sales_a1", TaskService, "complete", task)
    with pytest.raises(StaleRecord):
        do("sales_a1", TaskService, "reopen", task, version=1)
    assert session.get(Task, task).status is TaskStatus.CANCELLED


def test_a_task_for_a_colleague(do: Do, world: World, session: Any) -> None:
    given = do("sales_a1", TaskService, "create", {"subject": "Call back", "owner_id": world.users["sales_b1"]})
    assert session.get(Task, given).department_id == world.departments["b"]
    do("sales_b1", TaskService, "complete", given)
    with pytest.raises((NotFound, NotAllowed)):
        do("sales_a1", TaskService, "reopen", given)


def test_strangers_cannot_tick_it_off(do: Do, session: Any, task: int) -> None:
    with pytest.raises(NotFound):
        do("sales_b1", TaskService, "complete", task)
    assert session.get(Task, task).status is TaskStatus.OPEN


def test_not_about_what_one_cannot_see(do: Do, world: World) -> None:
    with pytest.raises(InvalidValues):
        do("sales_a1", TaskService, "create", {"subject": "Spy", "entity": "customer", "record_id": world.customers["sales_b1"]})
