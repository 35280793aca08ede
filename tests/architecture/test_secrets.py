"""No password, key or token comes with the product."""

import re

import pytest
from sqlalchemy import func, select

import config
from app.security.models import CrmUser
from tests.architecture.source import ROOT

DEPLOYMENT = [ROOT / "compose.yaml", ROOT / "Dockerfile"]
SECRET_LINE = re.compile(r"^\s*-?\s*(?:ENV |ARG )?(?P<name>[A-Z_]*(?:PASSWORD|SECRET|TOKEN)[A-Z_]*)\s*[:=]\s*(?P<value>.+)$", re.MULTILINE)


def test_nobody_can_sign_in_before_the_first_visit(empty_app):
    with empty_app.app_context():
        from app.extensions import db

        assert db.session.scalar(select(func.count()).select_from(CrmUser).where(CrmUser.password.is_not(None))) == 0


@pytest.mark.parametrize("secret", ["", "short", "a" * 40, "abcabcabcabcabcabcabcabcabcabcabcabcabc"])
def test_production_refuses_a_weak_secret(secret, monkeypatch):
    monkeypatch.setattr(config.Production, "SECRET_KEY", secret)
    with pytest.raises(config.WeakSecret):
        config.Production.secret_key()


def test_every_installation_makes_a_secret_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(config.Config, "SECRET_KEY", "")
    secrets = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(config.Config, "DATA_DIR", tmp_path / name)
        secrets.add(config.Config.secret_key())
        assert config.Config.secret_key() in secrets, "made once, then kept"
        assert (tmp_path / name / "secret_key").stat().st_mode & 0o077 == 0
    assert len(secrets) == 2


@pytest.mark.parametrize("path", DEPLOYMENT, ids=lambda path: path.name)
def test_deployment_files_name_secrets_but_hold_none(path):
    for line in SECRET_LINE.finditer(path.read_text(encoding="utf-8")):
        value = line["value"].strip().strip("\"'")
        assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]*\}|\$\{[A-Z_]+:-\}|/run/secrets/\w+", value), line[0]
