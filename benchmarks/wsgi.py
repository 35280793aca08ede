"""The product's application with a counter: every answer says how many statements it took. Only benchmarks serve this."""

import os
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any

from flask import Flask, render_template
from sqlalchemy import Engine, event
from werkzeug.middleware.dispatcher import DispatcherMiddleware

_statements: ContextVar[list[str] | None] = ContextVar("statements", default=None)
_at_start: list[str] = []
FRAME = {"BEGIN", "PRAGMA", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET", "SHOW"}


@event.listens_for(Engine, "before_cursor_execute")
def _count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if statement.split(None, 1)[0].upper() not in FRAME:
        counted = _statements.get()
        (_at_start if counted is None else counted).append(statement)


from app import create_app  # noqa: E402 - the counter must be there before the first engine
from app.core.actor import current_actor  # noqa: E402
from app.core.errors import refuse_access  # noqa: E402

product = create_app()


@product.route("/bench/empty")
def empty() -> Any:
    """A page with nothing on it but frame, menu and rights; for those who are signed in."""
    return render_template("layout/base.html", title="Empty") if current_actor().id is not None else refuse_access()


bare = Flask("bare", template_folder=os.environ.get("BENCHMARK_FOLDER", "."))


@bare.route("/page")
def page() -> str:
    """The reference: the same HTML from a bare Flask, without database, rights or menu."""
    return render_template("bare.html")


@bare.route("/writes")
def writes() -> str:
    """What this worker wrote when it started."""
    return str(sum(1 for s in _at_start if s.split(None, 1)[0].upper() not in {"SELECT", "WITH"}))


served = DispatcherMiddleware(product, {"/bare": bare})


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Statements and processor time of this request, in a header that browsers also show."""
    statements: list[str] = []
    token, began = _statements.set(statements), time.thread_time()

    def with_figures(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        spent = (time.thread_time() - began) * 1000
        return start_response(status, [*headers, ("Server-Timing", f'sql;desc="{len(statements)}", cpu;dur={spent:.3f}')], *rest)

    try:
        return served(environ, with_figures)
    finally:
        _statements.reset(token)
        if os.environ.get("BENCHMARK_TRACE"):
            print(environ["PATH_INFO"], len(statements), *statements, sep="\n    ", flush=True)
