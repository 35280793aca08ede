"""Rates of bulk work against the same work done raw: export and csv, import and insert, API and json."""

import csv
import io
import json
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import selectinload

from app.core.actor import SYSTEM, Source, acting_as
from app.core.database import unit_of_work
from app.core.services.serial import as_json
from app.customers.models import CUSTOMER, Customer
from app.dataexchange.services import imports
from app.extensions import db
from app.security.models import CrmUser
from app.security.services.actor import load_actor
from benchmarks.plan import Plan
from benchmarks.rows import Clock
from benchmarks.seed import PASSWORD
from benchmarks.server import Server


def clock() -> float:
    """SQLite works inside our own thread, so there its processor time is counted, which other work does not change."""
    return time.thread_time() if db.engine.dialect.name == "sqlite" else time.perf_counter()


@dataclass(frozen=True)
class Rate:
    """Rows a second of ours and of the raw way, and the least (or most) the ratio may be."""

    name: str
    ours: float
    raw: float
    budget: float
    unit: str = "rows/s"

    @property
    def ratio(self) -> float:
        return self.ours / self.raw if self.raw else 0.0

    @property
    def over(self) -> bool:
        return self.ratio > self.budget if self.unit == "ms" else self.ratio < self.budget


def export_rate(server: Server, plan: Plan, rows: int) -> tuple[Rate, float]:
    """About `rows` of the newest customers as CSV, and how much the worker grew meanwhile."""
    browser = server.browser()
    browser.sign_in("bench_all", PASSWORD)
    moments = Clock()
    days = max(1, round(730 * min(1.0, rows / plan.size)))
    since = (moments.end - timedelta(days=days)).date()
    before = server.memory_mb()
    answer = browser.get(f"/customers/export?format=csv&filter=created_at:gte:{since}")
    grown = server.memory_mb() - before
    table = list(csv.reader(io.StringIO(answer.text)))
    began = clock()
    writer = csv.writer(io.StringIO())
    writer.writerows(table)
    raw = clock() - began
    ours = answer.processor if db.engine.dialect.name == "sqlite" else answer.seconds
    return Rate(f"export of {len(table) - 1:,} rows ÷ csv.writer", (len(table) - 1) / ours, len(table) / max(raw, 1e-6), 0.30), grown


def import_rate(folder: Path, rows: int) -> Rate:
    """The product's own import, check and run, against a Core insert of the same columns."""
    path = folder / "import.csv"
    values = [
        {
            "name": f"导入客户 {n} 有限公司",
            "phone": f"142{n:08d}",
            "email": f"import{n}@example.com",
            "city": "上海",
            "status": "prospect",
            "remark": f"第 {n} 行",
        }
        for n in range(rows)
    ]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(values[0]))
        writer.writeheader()
        writer.writerows(values)
    user_id = _user("bench_all")
    actor = load_actor(user_id, Source.IMPORT)
    began = clock()
    with acting_as(actor):
        with unit_of_work(), path.open("rb") as opened:
            job_id = imports.take_in(opened, path.name, "customer", actor=actor).id
        job = imports.get_job(job_id, actor=actor)
        with unit_of_work():
            imports.configure(job_id, mapping=dict(job.mapping), options={"mode": "create"}, actor=actor)
        imports.check(job_id, actor=actor)
        done = imports.run(job_id, actor=actor)
        made = done.created_count
    seconds = clock() - began
    if made != rows:
        raise RuntimeError(f"{made} of {rows} rows were imported: {done.message}")
    return Rate(f"import of {rows:,} rows ÷ Core insert", rows / seconds, rows / _raw_insert(values, user_id), 0.10)


def _raw_insert(values: list[dict[str, Any]], user_id: int) -> float:
    """Seconds for the same rows without checks, numbers given beforehand; taken back afterwards."""
    plain = [{**v, "number": f"R{n:08d}", "owner_id": user_id, "kind": "company"} for n, v in enumerate(values)]
    with db.engine.connect() as connection:
        transaction = connection.begin()
        began = clock()
        connection.execute(insert(Customer), plain)
        seconds = clock() - began
        transaction.rollback()
    return seconds


def serial_rate(count: int = 100) -> Rate:
    """Making JSON of loaded records against json.dumps of the finished dictionaries, in milliseconds."""
    with acting_as(SYSTEM):
        relations = [selectinload(getattr(Customer, f.relation)) for f in CUSTOMER.references()]
        records = list(db.session.scalars(select(Customer).options(*relations).limit(count)))
        rows = [as_json(CUSTOMER, r) for r in records]
        ours = _best(lambda: json.dumps([as_json(CUSTOMER, r) for r in records], default=str))
        raw = _best(lambda: json.dumps(rows, default=str))
    return Rate(f"API serialisation of {len(records)} ÷ json.dumps", ours * 1000, raw * 1000, 2.0, "ms")


def _best(work: Any, repeats: int = 7) -> float:
    found = []
    for _run in range(repeats):
        began = clock()
        work()
        found.append(clock() - began)
    return sorted(found)[len(found) // 2]


def _user(name: str) -> int:
    with acting_as(SYSTEM):
        return db.session.scalars(select(CrmUser.id).where(CrmUser.username == name)).one()
