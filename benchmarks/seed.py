"""A company of any size in an empty database: set-up as the product does it, then rows by the million."""

import resource
import sys
import time
from dataclasses import dataclass, field

from flask_migrate import upgrade
from sqlalchemy import insert, select
from werkzeug.security import generate_password_hash

from app.core.actor import SYSTEM, acting_as
from app.core.database import unit_of_work
from app.core.models import NumberSequence
from app.extensions import db
from app.sales.models import Stage
from app.security.models import CrmRole, CrmUser, DataScope, Department, Level
from app.security.services.setup import seed_all
from benchmarks.loading import Loader
from benchmarks.plan import Plan
from benchmarks.rows import Rows

PASSWORD = "quiet-harbour-47-lanterns"
ROLES = {"bench_own": Level.OWN, "bench_below": Level.SUBTREE, "bench_all": Level.ALL}
TABLES = ("customer", "contact", "opportunity", "activity", "ticket")
PREFIXES = {"customer": "size", "opportunity": "opportunities", "ticket": "tickets"}


@dataclass
class Seeded:
    """What there is now, and how long it took."""

    rows: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0


def seed(plan: Plan) -> Seeded:
    """Everything, in the database of the current application."""
    began, done = time.perf_counter(), Seeded()
    upgrade()
    with acting_as(SYSTEM):
        with unit_of_work():
            seed_all()
        with unit_of_work():
            first_department = _departments(plan)
            first_user = _people(plan, first_department)
            stages = [(s.id, str(s.kind)) for s in db.session.scalars(select(Stage).order_by(Stage.position))]
            pipeline = db.session.scalars(select(Stage.pipeline_id).limit(1)).one()
            for entity, count in PREFIXES.items():
                db.session.add(NumberSequence(entity=entity, last=getattr(plan, count)))
    done.seconds["set-up, people"] = time.perf_counter() - began
    db.session.remove()
    loader = Loader(db.engine)
    rows = Rows(plan, stages, pipeline, first_user, first_department, loader.money)
    for name in TABLES:
        table = db.metadata.tables[name]
        done.seconds[name] = loader.fill(table, getattr(rows, f"{name}_columns"), getattr(rows, name)())
        done.rows[name] = (
            plan.size
            if name == "customer"
            else getattr(plan, {"activity": "activities", "opportunity": "opportunities"}.get(name, f"{name}s"))
        )
        print(f"  {name}: {done.rows[name]:,} rows in {done.seconds[name]:.1f} s", file=sys.stderr, flush=True)
    at = time.perf_counter()
    loader.analyze()
    done.seconds["analyze"] = time.perf_counter() - at
    done.seconds["total"] = time.perf_counter() - began
    done.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return done


def _departments(plan: Plan) -> int:
    """A tree of three levels; returns the id of the first."""
    made: list[Department] = []
    for number in range(plan.departments):
        parent = plan.parent_of(number)
        department = Department(
            name_zh=f"部门 {number}", name_en=f"Department {number}", parent_id=made[parent].id if parent is not None else None, path="/"
        )
        db.session.add(department)
        db.session.flush()
        department.path = f"{made[parent].path if parent is not None else '/'}{department.id}/"
        made.append(department)
    db.session.flush()
    return made[0].id


def _people(plan: Plan, first_department: int) -> int:
    """Owners of the rows, then the people whose pages are measured; returns the id of the first owner."""
    password = generate_password_hash(PASSWORD, method="scrypt:1024:8:1")
    manager = db.session.scalars(select(CrmRole).where(CrmRole.name == "sales_manager")).one()
    roles = {}
    for name, level in ROLES.items():
        scopes = [DataScope(entity="*", right="*", level=level)]
        roles[name] = CrmRole(name=name, name_zh=name, name_en=name, permissions=list(manager.permissions), scopes=scopes)
    db.session.add_all(roles.values())
    db.session.flush()
    people = [_person(f"user{n}", password, first_department + plan.department_of(n)) for n in range(plan.users)]
    # The one with few rows owns customers, so it comes right after the owners.
    people += [_person(w.name, password, first_department + w.place) for w in plan.watchers]
    first = (db.session.scalar(select(CrmUser.id).order_by(CrmUser.id.desc()).limit(1)) or 0) + 1
    db.session.execute(insert(CrmUser), [{"id": first + n, **values} for n, values in enumerate(people)])
    for watcher in plan.watchers:
        user = db.session.scalars(select(CrmUser).where(CrmUser.username == watcher.name)).one()
        user.roles = [roles[watcher.role]]
    db.session.flush()
    return first


def _person(name: str, password: str, department: int) -> dict[str, object]:
    return {
        "username": name, "first_name": name, "last_name": "Bench", "email": f"{name}@example.com", "password": password, "active": True,
        "department_id": department, "locale": "en", "version": 1,
    }  # fmt: skip
