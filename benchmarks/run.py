"""Seed, serve, measure, say honestly what is over budget: `python -m benchmarks 100k [--database sqlite] [--compare 10k]`."""

import argparse
import json
import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from benchmarks.plan import Plan, read_size

RESULTS = Path(__file__).resolve().parent / "results"
DATABASES = ("sqlite", "postgresql")
POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL", "postgresql+psycopg://postgres@127.0.0.1/postgres")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("size", nargs="?", default="10k", help="customers: 10k, 100k, 1m or a number")
    parser.add_argument("--database", choices=DATABASES, action="append", help="one of them only; both unless told")
    parser.add_argument("--activities", type=int, default=5, help="follow-ups for each customer")
    parser.add_argument("--repeats", type=int, default=15, help="how often each page is asked for")
    parser.add_argument("--rows", type=int, default=10_000, help="rows to import and to export")
    parser.add_argument("--compare", metavar="SIZE", help="print the growth since the latest run of this size")
    parser.add_argument("--keep", action="store_true", help="leave the database behind")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the figures of each run")
    asked = parser.parse_args(arguments)
    plan = Plan(read_size(asked.size), asked.activities)
    return max(run_on(database, plan, asked) for database in asked.database or DATABASES)


def run_on(database: str, plan: Plan, asked: argparse.Namespace) -> int:
    """The whole run on one database: 0, or 1 when what was asked for cannot be had."""
    try:
        with place(database, asked.keep) as (folder, url):
            result = benchmark(plan, database, folder, url, asked)
    except OperationalError as error:
        print(f"{database} does not answer (TEST_POSTGRESQL_URL says where it is): {error.orig}", file=sys.stderr)
        return 1
    from benchmarks import report

    print(f"\nKept in {report.keep(result, asked.results)}")
    if asked.compare:
        other = report.path_of(asked.results, database, read_size(asked.compare))
        if not other.exists():
            print(f"There is no run of {asked.compare} on {database} to compare with.", file=sys.stderr)
            return 1
        report.print_growth(result, json.loads(other.read_text()))
    return 0


@contextmanager
def place(database: str, keep: bool) -> Iterator[tuple[Path, str]]:
    """A folder and an empty database of its own, gone afterwards unless kept."""
    folder = Path(tempfile.mkdtemp(prefix="kehu_bench_"))
    url, drop = f"sqlite:///{folder / 'kehu.db'}", None
    if database == "postgresql":
        server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
        name = f"kehu_bench_{uuid.uuid4().hex[:8]}"
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        url = make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
        drop = f"DROP DATABASE {name} WITH (FORCE)"
    try:
        yield folder, url
    finally:
        if keep:
            print(f"DATABASE_URL={url} KEHU_DATA_DIR={folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
            if drop:
                with server.connect() as connection:
                    connection.execute(text(drop))


def benchmark(plan: Plan, database: str, folder: Path, url: str, asked: argparse.Namespace) -> dict[str, Any]:
    """One run; prints as it goes and returns everything."""
    import config
    from app import create_app
    from app.extensions import db

    print(f"{plan.size:,} customers on {database}: seeding", file=sys.stderr, flush=True)
    app = create_app(
        config.Config, SQLALCHEMY_DATABASE_URI=url, DATA_DIR=folder, UPLOAD_DIR=str(folder / "files"), BACKUP_DIR=str(folder / "backups")
    )
    with app.test_request_context():
        from benchmarks import bulk, report
        from benchmarks.measure import measure
        from benchmarks.seed import seed
        from benchmarks.server import Server

        seeded = seed(plan)
        print(
            f"Seeded {sum(seeded.rows.values()):,} rows in {seeded.seconds['total']:.0f} s, at most {seeded.peak_mb:.0f} MB of memory.\n",
            flush=True,
        )
        db.session.remove()
        with Server(folder, url) as server:
            writes = int(server.browser().get("/bare/writes").text)
            found = measure(server, plan, asked.repeats)
            report.print_pages(found)
            exported, grown = bulk.export_rate(server, plan, asked.rows)
            memory = server.memory_mb()
        rates = [exported, bulk.serial_rate(), bulk.import_rate(folder, asked.rows)]
        print()
        report.print_rates(rates)
        slow = server.start_seconds > 3 or writes
        print(
            f"\nWorker start {server.start_seconds:.1f} s, {writes} writes ({'over' if slow else 'ok'}: budget 3 s, 0 writes); memory grew by {grown:.0f} MB during the export."
        )
        db.session.remove()
        db.engine.dispose()
    return {
        "size": plan.size, "database": database, "seeded": asdict(seeded), "pages": [m.as_dict() for m in found],
        "rates": [asdict(r) | {"ratio": r.ratio, "over": r.over} for r in rates],
        "worker": {"start_seconds": server.start_seconds, "start_processor": server.start_processor, "writes": writes, "memory_mb": memory, "export_growth_mb": grown},
    }  # fmt: skip
