"""Files in the browser: up, down, gone, and never in the wrong hands."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.activities.models import Attachment
from tests.activities.conftest import PDF, upload
from tests.world import World

Clients = Callable[..., FlaskClient]


@pytest.fixture
def contract(client_of: Clients, world: World, session: Any) -> int:
    """A file of a customer of department a."""
    assert upload(client_of("sales_a1"), world.customers["sales_a1"], ("CNRY 合同.pdf", PDF)).status_code == 200
    return int(session.scalar(select(Attachment.id)))


def test_what_went_up_comes_down(client_of: Clients, contract: int) -> None:
    answer = client_of("sales_a1").get(f"/attachments/{contract}")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "application/pdf"


def test_seen_through_the_record_only(client_of: Clients, contract: int, world: World) -> None:
    assert client_of("manager_a").get(f"/attachments/{contract}").status_code == 200
    for stranger in ("sales_a2", "sales_b1", "service_b"):
        client = client_of(stranger)
        assert client.get(f"/attachments/{contract}").status_code == 404
        assert client.get(f"/attachments/of/customer/{world.customers['sales_a1']}").status_code == 404
        assert client.post(f"/attachments/{contract}/delete").status_code == 404
        assert upload(client, world.customers["sales_a1"], ("x.pdf", PDF)).status_code == 404
    assert client_of("nobody").get(f"/attachments/{contract}").status_code == 403
    assert client_of(None).get(f"/attachments/{contract}").status_code == 302


def test_the_same_bytes_are_kept_once_and_rows_are_apart(client_of: Clients, contract: int, world: World, session: Any, app: Flask) -> None:
    upload(client_of("sales_b1"), world.customers["sales_b1"], ("other name.pdf", PDF))
    rows = session.scalars(select(Attachment)).all()
    assert len({row.sha256 for row in rows}) == 1 and len(rows) == 2
    stored = [p for p in Path(app.config["UPLOAD_DIR"]).rglob("*") if p.is_file()]
    assert sum(p.name == rows[0].sha256 for p in stored) == 1
    assert client_of("sales_b1").get(f"/attachments/{contract}").status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("invoice.pdf", b"MZ\x90\x00" + b"\x00" * 60),
        ("a.txt", b"#!/bin/sh\n"),
        ("empty.pdf", b""),
        ("page.txt", b"<html><script>x</script>"),
    ],
)
def test_refused_by_content_and_nothing_is_written(
    client_of: Clients, world: World, session: Any, app: Flask, name: str, content: bytes
) -> None:
    before = sum(1 for _ in Path(app.config["UPLOAD_DIR"]).rglob("*"))
    answer = upload(client_of("sales_a1"), world.customers["sales_a1"], ("good.pdf", PDF + b"%s" % name.encode()), (name, content))
    assert answer.status_code == 422 and "alert-danger" in answer.text
    assert session.scalar(select(func.count()).select_from(Attachment)) == 0
    left = list(Path(app.config["UPLOAD_DIR"]).rglob(".incoming-*"))
    assert left == [] and sum(1 for _ in Path(app.config["UPLOAD_DIR"]).rglob("*")) <= before + 3  # at most the good one's bytes


def test_too_large_is_refused(client_of: Clients, world: World, session: Any, app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 4096
    answer = upload(client_of("sales_a1"), world.customers["sales_a1"], ("big.pdf", PDF * 500))
    assert answer.status_code == 413
    assert session.scalar(select(func.count()).select_from(Attachment)) == 0


def test_a_name_is_only_a_name(client_of: Clients, world: World, session: Any, app: Flask) -> None:
    upload(client_of("sales_a1"), world.customers["sales_a1"], ("../../../../tmp/CNRY-escape.pdf", PDF))
    row = session.scalar(select(Attachment))
    assert row.name == "CNRY-escape.pdf"
    assert not Path("/tmp/CNRY-escape.pdf").exists()
    assert "filename=CNRY-escape.pdf" in client_of("sales_a1").get(f"/attachments/{row.id}").headers["Content-Disposition"]


def test_removed_files_are_gone_for_everybody(client_of: Clients, contract: int, world: World) -> None:
    client = client_of("sales_a1")
    assert client.post(f"/attachments/{contract}/delete", headers={"HX-Request": "true"}).status_code == 200
    assert client.get(f"/attachments/{contract}").status_code == 404
    assert "CNRY" not in client.get(f"/attachments/of/customer/{world.customers['sales_a1']}").text


def test_missing_bytes_are_a_sentence_not_a_crash(client_of: Clients, contract: int, session: Any, app: Flask) -> None:
    sha = session.get(Attachment, contract).sha256
    (Path(app.config["UPLOAD_DIR"]) / sha[:2] / sha[2:4] / sha).unlink()
    assert client_of("sales_a1").get(f"/attachments/{contract}").status_code == 404


@pytest.mark.parametrize("path", ["customer/999999", "user/1", "nonsense/1", "attachment/1", "customer/9223372036854775808"])
def test_made_up_records(client_of: Clients, path: str) -> None:
    assert client_of("admin").get(f"/attachments/of/{path}").status_code in {400, 404}
