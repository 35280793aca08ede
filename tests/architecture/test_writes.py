"""One way to write, one scope for reading: what would go around them is refused here, or listed with its reason."""

import ast
from collections.abc import Callable

from tests.architecture.source import called, calls, name_of, parsed, python_files

# Who may commit: the edge of a request, and the processes that have no request.
COMMITS = {
    "app/core/database.py": "the unit of work itself",
    "app/operations/services/loading.py": "fills another database from a backup",
    "app/operations/services/restore.py": "puts the restored database in the place of the present one",
}
# Statements on a table do not pass the record scope.
TABLES = {
    "app/core/scope.py": "the scope itself asks tables",
    "app/core/entity.py": "the order of columns, no rows",
    "app/security/models/role.py": "describes a column the framework declares",
    "app/security/models/user.py": "describes columns the framework declares",
}
TEXT_SQL = {
    "app/operations/services/health.py": "asks whether the database answers at all",
}


def offenders(folders: tuple[str, ...], offends: Callable[[ast.AST], bool]) -> set[str]:
    return {name_of(path) for path in python_files(*folders) if any(offends(node) for node in ast.walk(parsed(path)))}


def imports_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("sqlalchemy")
        and any(alias.name in {"text", "literal_column"} for alias in node.names)
    )


def test_only_the_edge_commits():
    found = offenders(("app",), lambda n: isinstance(n, ast.Call) and called(n).endswith(".commit"))
    assert found == set(COMMITS)


def test_statements_name_models_not_tables():
    found = offenders(("app",), lambda n: isinstance(n, ast.Attribute) and n.attr == "__table__")
    assert found == set(TABLES)


def test_nobody_writes_sql_by_hand():
    assert offenders(("app",), imports_text) == set(TEXT_SQL)


def test_existence_is_asked_of_a_select():
    """`exists().where(…)` hides its model from the record scope; `exists(select(…))` and `.any()` do not."""
    found = offenders(
        ("app",), lambda n: isinstance(n, ast.Call) and called(n).endswith(".where") and ast.unparse(n).startswith("exists().where")
    )
    assert not found


def test_views_and_apis_do_not_write():
    writes = {"add", "add_all", "delete", "merge", "flush", "bulk_save_objects"}
    found = []
    for path in python_files("app"):
        if path.parent.name not in {"views", "api"}:
            continue
        for call in calls(parsed(path)):
            target, _, verb = called(call).rpartition(".")
            if verb in writes and target.split(".")[-1].rstrip("()") == "session":
                found.append(f"{name_of(path)}:{call.lineno} {called(call)}")
    assert not found


def test_rules_do_not_look_at_the_clock():
    clocks = {"datetime.now", "datetime.utcnow", "date.today", "utc_now", "time.time", "datetime.datetime.now", "datetime.date.today"}
    found = [
        f"{name_of(path)}:{call.lineno}"
        for path in python_files("app")
        if path.parent.name == "rules"
        for call in calls(parsed(path))
        if called(call) in clocks
    ]
    assert not found


def test_services_know_no_http():
    http = {"request", "session", "abort", "flash", "redirect", "render_template", "url_for", "make_response", "jsonify"}
    found = [
        f"{name_of(path)}: {alias.name}"
        for path in python_files("app")
        if path.parent.name == "services"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and node.module == "flask"
        for alias in node.names
        if alias.name in http
    ]
    assert not found
