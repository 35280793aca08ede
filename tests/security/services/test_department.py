"""The tree of departments stays a tree."""

import pytest

from app.core.actor import SYSTEM, acting_as
from app.core.database import unit_of_work
from app.core.errors import InvalidValues, RuleViolation
from app.security.models import Department
from app.security.services.department import LONGEST_PATH, DepartmentService


@pytest.fixture
def within(app):
    def run(work):
        with app.app_context(), acting_as(SYSTEM), unit_of_work():
            return work(DepartmentService())

    return run


@pytest.fixture
def paths(session, world):
    """{name: path} as they are now."""

    def read():
        session.expire_all()
        return {name: session.get(Department, id_).path for name, id_ in world.departments.items()}

    return read


def change(within, department_id, values):
    return within(
        lambda service: service.update(department_id, values, actor=SYSTEM, version=service.get(department_id, actor=SYSTEM).version)
    )


def test_a_path_names_all_above(paths, world):
    ids = world.departments
    assert paths()["a1"] == f"/{ids['head']}/{ids['a']}/{ids['a1']}/"


def test_a_branch_moves_as_a_whole(within, paths, world):
    ids = world.departments
    change(within, ids["a"], {"parent_id": ids["b"]})
    assert paths()["a"] == f"/{ids['head']}/{ids['b']}/{ids['a']}/"
    assert paths()["a1"] == f"/{ids['head']}/{ids['b']}/{ids['a']}/{ids['a1']}/"
    change(within, ids["a"], {"parent_id": None})
    assert paths()["a1"] == f"/{ids['a']}/{ids['a1']}/"
    assert paths()["b"] == f"/{ids['head']}/{ids['b']}/"


@pytest.mark.parametrize(("moved", "under"), [("head", "a1"), ("a", "a"), ("a", "a1")])
def test_nothing_lies_below_itself(within, paths, world, moved, under):
    before = paths()
    with pytest.raises(InvalidValues) as refused:
        change(within, world.departments[moved], {"parent_id": world.departments[under]})
    assert set(refused.value.problems) == {"parent_id"}
    assert paths() == before


def test_a_tree_too_deep_is_refused(within, session):
    def below(parent_id):
        values = {"name_zh": "层", "name_en": "Level", "parent_id": parent_id}
        return within(lambda service: service.create(values, actor=SYSTEM).id)

    parent_id, depth = None, 0
    with pytest.raises(RuleViolation):
        while depth < LONGEST_PATH:
            parent_id, depth = below(parent_id), depth + 1
    assert depth > 50
    assert len(session.get(Department, parent_id).path) <= LONGEST_PATH


@pytest.mark.parametrize("name", ["head", "a", "a1", "b"])
def test_where_somebody_is_nothing_is_deleted(within, session, world, name):
    with pytest.raises(RuleViolation):
        within(lambda service: service.delete(world.departments[name], actor=SYSTEM))
    assert session.get(Department, world.departments[name]).deleted_at is None
