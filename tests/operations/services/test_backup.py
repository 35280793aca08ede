"""Backups: complete, verified, refused when damaged, restorable on any database."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, func, inspect, select, text, update
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM, acting_as
from app.core.database import unit_of_work
from app.core.errors import RuleViolation
from app.core.jobs import enqueue
from app.core.models import AuditEntry, JobRun, JobState
from app.core.types import utc_now
from app.customers.models import Customer
from app.customers.services.customer import CustomerService
from app.extensions import db
from app.operations.models import Backup, BackupState
from app.operations.services import backup as making
from app.operations.services.backup_set import Damaged, check_set, read_manifest, read_part, write_manifest
from app.operations.services.loading import database_at
from app.operations.services.restore import Restored, restore
from tests.database import prepared_database

TRICKY = 'O\'Brien\t"引号" \\ 换行\n第二行 😀 ﷽'


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    """Backups and uploads of this test only."""
    uploads = tmp_path / "uploads"
    (uploads / "ab").mkdir(parents=True)
    (uploads / "ab" / "photo").write_bytes(bytes(range(256)) * 50)
    (uploads / "copy of it").write_bytes(bytes(range(256)) * 50)
    (uploads / "empty").write_bytes(b"")
    app.config.update(BACKUP_DIR=str(tmp_path / "backups"), UPLOAD_DIR=str(uploads))
    return tmp_path / "backups"


@pytest.fixture
def difficult(app: Flask) -> None:
    """A record with values that databases keep differently."""
    values = {
        "name": 'O\'Brien "引号" \\ 😀',
        "remark": TRICKY,
        "annual_revenue": Decimal("99999999999998.99"),
        "next_follow_up_on": date(2028, 2, 29),
        "employees": 0,
    }
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        CustomerService().create(values, actor=SYSTEM)


def make(app: Flask) -> Backup:
    with app.app_context(), acting_as(SYSTEM):
        made = making.make_backup()
        db.session.refresh(made)
        db.session.expunge(made)
    return made


def test_backup_is_verified_and_recorded(app: Flask, folder: Path, difficult: None, session: Session) -> None:
    made = make(app)
    recorded = session.scalars(select(Backup)).one()
    assert (recorded.name, recorded.state, recorded.files) == (made.name, BackupState.VERIFIED, 3)
    manifest = check_set(folder / made.name)
    rows = {part.name: part.rows for part in manifest.tables}
    assert rows["customer"] == session.scalar(text("SELECT count(*) FROM customer"))
    assert rows["alembic_version"] == 1
    assert len({part.sha256 for part in manifest.files}) == 2


def test_a_flipped_byte_anywhere_is_noticed(app: Flask, folder: Path, difficult: None) -> None:
    made = make(app)
    files = sorted(p for p in (folder / made.name).rglob("*") if p.is_file() and p.stat().st_size)
    assert len(files) > 20
    choose = random.Random(42)
    for path in files:
        whole = path.read_bytes()
        place = choose.randrange(len(whole))
        path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << choose.randrange(8))]) + whole[place + 1 :])
        with pytest.raises(Damaged):
            check_set(folder / made.name)
        path.write_bytes(whole)
    check_set(folder / made.name)


@pytest.mark.parametrize("what", ["manifest.json", "manifest.sha256", "tables/customer.jsonl.gz"])
def test_an_incomplete_set_is_no_set(app: Flask, folder: Path, what: str) -> None:
    made = make(app)
    (folder / made.name / what).unlink()
    with pytest.raises(Damaged):
        check_set(folder / made.name)


def test_something_added_is_noticed(app: Flask, folder: Path) -> None:
    made = make(app)
    (folder / made.name / "tables" / "more.jsonl.gz").write_bytes(b"")
    with pytest.raises(Damaged):
        check_set(folder / made.name)


def test_a_failed_backup_leaves_a_record_and_no_set(app: Flask, folder: Path, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = folder / "in-the-way"
    folder.mkdir(parents=True)
    monkeypatch.setattr(making, "_name", lambda now: "in-the-way")
    blocked.mkdir()
    (blocked / "something").touch()
    with pytest.raises(OSError):
        make(app)
    assert session.scalars(select(Backup.state)).one() is BackupState.FAILED
    assert not list(folder.glob("*.part"))


def test_unchanged_files_are_shared_with_the_previous_set(app: Flask, folder: Path) -> None:
    first, second = make(app), make(app)
    stored = check_set(folder / first.name).files[0].stored
    assert (folder / first.name / stored).stat().st_ino == (folder / second.name / stored).stat().st_ino


def test_what_is_written_meanwhile_does_not_get_in(app: Flask, folder: Path, session: Session) -> None:
    """A backup is one moment: a customer added while tables are read is in none of them."""
    added = []

    def add_customer(done: int, total: int, what: str) -> None:
        if not added:
            added.append(True)
            session.execute(update(Customer).values(name="changed meanwhile"))
            session.commit()

    making.TELL_EVERY, before = 1, making.TELL_EVERY
    try:
        with app.app_context(), acting_as(SYSTEM):
            path, manifest = making.write_set(folder / "moment", utc_now(), add_customer)
    finally:
        making.TELL_EVERY = before
    assert added
    saved = next(part for part in manifest.tables if part.name == "customer")
    rows = [dict(zip(dict(saved.columns), row, strict=True)) for row in read_part(path, saved)]
    assert rows
    assert all(row["name"].startswith("CNRY-") for row in rows)


# Restoring -----------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    """An empty database of the kind the suite runs on, or SQLite."""
    (tmp_path / "elsewhere").mkdir()
    with prepared_database(tmp_path / "elsewhere") as url:
        yield url


def bring_back(app: Flask, folder: Path, url: str, *, replace: bool = False, uploads: Path | None = None) -> Restored:
    with app.app_context(), acting_as(SYSTEM):
        return restore(folder, url, uploads=uploads, replace=replace)


@contextmanager
def looking_at(url: str) -> Iterator[Session]:
    engine = create_engine(url, poolclass=NullPool)
    with Session(engine) as there:
        yield there
    engine.dispose()


def customers_at(url: str) -> dict[str, Decimal | None]:
    with looking_at(url) as session:
        return {c.name: c.annual_revenue for c in session.scalars(select(Customer))}


def test_restored_elsewhere_it_is_the_same(
    app: Flask, folder: Path, difficult: None, elsewhere: str, tmp_path: Path, session: Session
) -> None:
    made = make(app)
    bring_back(app, folder / made.name, elsewhere, uploads=tmp_path / "files again")
    with looking_at(elsewhere) as there:
        ours = session.scalars(select(Customer).order_by(Customer.id)).all()
        theirs = there.scalars(select(Customer).order_by(Customer.id)).all()
        described = [column.key for column in inspect(Customer).column_attrs]
        assert [[getattr(c, key) for key in described] for c in ours] == [[getattr(c, key) for key in described] for c in theirs]
        assert any(c.remark == TRICKY for c in theirs)
        there.add(Customer(name="the next one", number="NEXT"))
        there.commit()  # its number is free: sequences were brought forward
    assert (tmp_path / "files again" / "ab" / "photo").read_bytes() == bytes(range(256)) * 50


def test_a_damaged_set_changes_nothing(app: Flask, folder: Path, elsewhere: str, tmp_path: Path) -> None:
    made = make(app)
    uploads = tmp_path / "files again"
    bring_back(app, folder / made.name, elsewhere, uploads=uploads)
    before = customers_at(elsewhere)
    part = folder / made.name / "tables" / "customer.jsonl.gz"
    part.write_bytes(part.read_bytes()[:-9] + b"\0" * 9)
    (uploads / "mine").touch()
    with pytest.raises(Damaged):
        bring_back(app, folder / made.name, elsewhere, replace=True, uploads=uploads)
    assert customers_at(elsewhere) == before
    assert (uploads / "mine").exists()


def test_nothing_is_overwritten_unasked(app: Flask, folder: Path, elsewhere: str, difficult: None) -> None:
    made = make(app)
    bring_back(app, folder / made.name, elsewhere)
    with pytest.raises(RuleViolation):
        bring_back(app, folder / made.name, elsewhere)
    with looking_at(elsewhere) as there:
        there.execute(update(Customer).values(name="spoilt"))
        there.commit()
    kept = bring_back(app, folder / made.name, elsewhere, replace=True)
    assert kept.former_database
    assert "spoilt" not in customers_at(elsewhere)
    if kept.former_database.startswith("database "):
        with looking_at(elsewhere) as there:
            there.execute(text(f"DROP {kept.former_database}"))


def test_a_newer_backup_is_refused(app: Flask, folder: Path, elsewhere: str) -> None:
    made = make(app)
    path = folder / made.name
    manifest = read_manifest(path)
    manifest.revision = "9999"
    write_manifest(path, manifest)
    with pytest.raises(RuleViolation, match="RuleViolation"):
        bring_back(app, path, elsewhere)
    with looking_at(elsewhere) as there:
        assert not inspect(there.connection()).get_table_names()


def test_what_waited_at_the_time_does_not_begin_again(app: Flask, folder: Path, elsewhere: str) -> None:
    with app.app_context(), unit_of_work() as current:
        enqueue(current, "backup", actor=SYSTEM)
    made = make(app)
    bring_back(app, folder / made.name, elsewhere)
    with looking_at(elsewhere) as there:
        assert there.scalars(select(JobRun.state)).all() == [JobState.LOST]


@pytest.mark.parametrize("server", ["TEST_POSTGRESQL_URL", "TEST_MARIADB_URL"])
def test_from_here_to_another_kind_of_database_and_back(
    server: str, app: Flask, folder: Path, difficult: None, tmp_path: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    if server not in os.environ:
        pytest.skip(f"{server} is not set")
    monkeypatch.setenv("TEST_DATABASE_URL", os.environ[server])
    made = make(app)
    with prepared_database(tmp_path) as url:
        bring_back(app, folder / made.name, url)
        with app.app_context(), database_at(url):
            rows = {c.name: c.annual_revenue for c in session.scalars(select(Customer))}
            assert customers_at(url) == rows
            back, _manifest = making.write_set(folder / "back", utc_now())
        bring_back(app, back, f"sqlite:///{tmp_path / 'again.db'}")
        assert customers_at(f"sqlite:///{tmp_path / 'again.db'}") == rows


def test_overdue_is_a_night_without_a_good_one(app: Flask, folder: Path, session: Session) -> None:
    """A new installation has until the first night; after that the last good backup counts, a failed one does not."""
    with app.app_context():
        begun = session.scalar(select(func.min(AuditEntry.at)))
        assert not making.is_overdue(begun + timedelta(hours=25))
        assert making.is_overdue(begun + timedelta(hours=27))
        made = make(app).started_at
        assert not making.is_overdue(made + timedelta(hours=25))
        assert making.is_overdue(made + timedelta(hours=27))
