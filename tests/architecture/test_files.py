"""Files stay small and are named after what they hold."""

from tests.architecture.source import ROOT, name_of, python_files, templates

LIMIT = 400
DRAWERS = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py"}
SCRIPTS_AND_STYLES = [p for kind in ("*.js", "*.mjs", "*.css") for p in (ROOT / "frontend").rglob(kind) if "node_modules" not in p.parts]


def test_no_file_is_longer_than_can_be_read_at_once():
    files = [*python_files("app", "tests", "benchmarks", "tools"), ROOT / "config.py", ROOT / "run.py", *templates(), *SCRIPTS_AND_STYLES]
    long = {name_of(p): n for p in files if (n := len(p.read_text(encoding="utf-8").splitlines())) >= LIMIT}
    assert not long


def test_no_file_is_a_drawer_for_leftovers():
    assert not [name_of(p) for p in python_files("app", "tests") if p.name in DRAWERS]


def test_every_domain_has_its_wiring_list():
    domains = [p for p in (ROOT / "app").iterdir() if p.is_dir() and (p / "models").is_dir()]
    assert domains
    assert not [name_of(p) for p in domains if not (p / "__init__.py").is_file()]
