"""The benchmark runs from end to end, so that it cannot rot."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.pages import pages
from benchmarks.plan import Plan, read_size

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("text", "size"), [("10k", 10_000), ("1M", 1_000_000), ("250000", 250_000), ("1.5m", 1_500_000)])
def test_sizes_as_people_write_them(text, size):
    assert read_size(text) == size


def test_people_see_the_shares_they_stand_for():
    plan = Plan(30_000)
    owners = [plan.owner_of(n) for n in range(plan.size)]
    places = [plan.department_of(user) for user in owners]
    assert owners.count(plan.users) == 100
    below = {d: {d} for d in range(plan.departments)}
    for d in reversed(range(plan.departments)):
        if (parent := plan.parent_of(d)) is not None:
            below[parent] |= below[d]
    shares = [sum(p in below[w.place] for p in places) / plan.size for w in plan.watchers[1:4]]
    assert shares == pytest.approx([0.003, 0.033, 0.5], rel=0.5)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_small_run_from_end_to_end(tmp_path):
    command = [
        sys.executable,
        "-m",
        "benchmarks",
        "300",
        "--database",
        "sqlite",
        "--repeats",
        "1",
        "--rows",
        "100",
        "--results",
        str(tmp_path),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=800)
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads((tmp_path / "sqlite-300.json").read_text())
    assert {page["page"] for page in result["pages"]} == {page.name for page in pages(1)}
    assert {page["status"] for page in result["pages"]} == {200}
    assert result["seeded"]["rows"] == {"customer": 300, "contact": 600, "opportunity": 300, "activity": 1500, "ticket": 30}
    assert all(page["statements"] > 0 for page in result["pages"] if not page["page"].startswith("bare"))
    assert len(result["rates"]) == 3
    assert result["worker"]["writes"] == 0
    assert "within their budgets" in done.stdout
