"""Signing in and out: who gets in, how often one may try, and what ends a session."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

import config
from app import create_app
from app.security.models import CrmUser
from tests.world import PASSWORD

NEW_PASSWORD = "green-kettle-sings-77"
TRIES = 10


def sign_in(client, username="sales_a1", password=PASSWORD, **more):
    return client.post("/login/", data={"username": username, "password": password}, **more)


def token_of(client, username="sales_a1", password=PASSWORD, **more):
    body = {"username": username, "password": password, "provider": "db", "refresh": True}
    return client.post("/api/v1/security/login", json=body, **more)


def is_in(client):
    return client.get("/customers/").status_code == 200


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("name", ["sales_a1", "SALES_A1", "sales_a1@example.com"])
def test_by_name_or_address(client_of, name):
    client = client_of(None)
    answer = sign_in(client, name)
    assert (answer.status_code, urlsplit(answer.location).path) == (302, "/")
    assert is_in(client)


@pytest.mark.parametrize(
    ("name", "password"),
    [("sales_a1", "wrong"), ("sales_a1", ""), ("sales_a1", "\x00"), ("unknown", PASSWORD), ("disabled", PASSWORD), ("", "")],
)
def test_everybody_else_stays_outside(client_of, name, password):
    client = client_of(None)
    sign_in(client, name, password)
    assert not is_in(client)
    assert token_of(client, name, password).status_code in {400, 401}


def test_an_account_without_a_password_is_none(client_of, session, world):
    session.get(CrmUser, world.users["sales_a1"]).password = None
    session.commit()
    client = client_of(None)
    for password in (PASSWORD, "", "None"):
        assert sign_in(client, password=password).status_code < 500
        assert token_of(client, password=password).status_code in {400, 401}
    assert not is_in(client)


def test_it_leads_to_the_wanted_page_of_ours_only(client_of):
    for wanted, reached in (("/customers/?q=tea", "/customers/?q=tea"), ("https://evil.example/x", "/")):
        answer = sign_in(client_of(None), query_string={"next": wanted})
        assert answer.location == reached
    poisoned = sign_in(client_of(None), query_string={"next": "http://evil.example/x"}, headers={"Host": "evil.example"})
    assert not urlsplit(poisoned.location).netloc


def test_signing_out_ends_the_session_for_good(client_of):
    client, thief = client_of(None), client_of(None)
    sign_in(client)
    thief.set_cookie("kehu", client.get_cookie("kehu").value)
    assert is_in(thief)
    token = token_of(client_of(None)).json
    client.post("/logout/")
    assert not is_in(client)
    assert not is_in(thief)
    assert client_of(None).get("/api/v1/customers/", headers=bearer(token["access_token"])).status_code == 401
    sign_in(client)
    assert is_in(client)
    assert token_of(client_of(None)).status_code == 200


def test_a_new_password_ends_all_other_sessions(client_of):
    here, elsewhere = client_of(None), client_of(None)
    sign_in(here)
    sign_in(elsewhere)
    token = token_of(client_of(None)).json
    answer = here.post("/preferences/password", data={"current": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert answer.status_code == 302
    assert is_in(here)
    assert not is_in(elsewhere)
    program = client_of(None)
    assert program.get("/api/v1/customers/", headers=bearer(token["access_token"])).status_code == 401
    assert program.post("/api/v1/security/refresh", headers=bearer(token["refresh_token"])).status_code == 401
    sign_in(elsewhere, password=NEW_PASSWORD)
    assert is_in(elsewhere)


def test_so_does_one_given_by_an_administrator_and_being_disabled(client_of, session, world):
    user_id, admin = world.users["sales_a1"], client_of("admin")
    client = client_of(None)
    sign_in(client)
    admin.post(f"/users/{user_id}/password", data={"password": NEW_PASSWORD})
    assert not is_in(client)
    sign_in(client, password=NEW_PASSWORD)
    for active in ("false", "true"):  # to come back does not revive what was open before
        version = session.scalar(select(CrmUser.version).where(CrmUser.id == user_id))
        assert admin.put(f"/api/v1/users/{user_id}", json={"active": active, "version": version}).status_code == 200
        assert not is_in(client)


def test_tokens_open_the_api_and_are_renewed(client_of):
    program = client_of(None)
    token = token_of(program).json
    assert program.get("/api/v1/customers/", headers=bearer(token["access_token"])).status_code == 200
    renewed = program.post("/api/v1/security/refresh", headers=bearer(token["refresh_token"])).json["access_token"]
    assert program.get("/api/v1/customers/", headers=bearer(renewed)).status_code == 200
    for wrong in ("", "nonsense", token["refresh_token"], token["access_token"][:-4] + "AAAA"):
        assert program.get("/api/v1/customers/", headers=bearer(wrong)).status_code == 401, wrong


@pytest.fixture
def guarded(app):
    """The same company behind the limits of production."""
    kept = {name: app.config[name] for name in ("SQLALCHEMY_DATABASE_URI", "DATA_DIR", "UPLOAD_DIR", "BACKUP_DIR")}
    limits = {"AUTH_RATE_LIMITED": True, "RATELIMIT_ENABLED": True, "AUTH_RATE_LIMIT": f"{TRIES} per 15 minute"}
    return create_app(config.Testing, WTF_CSRF_ENABLED=False, **limits, **kept)


@pytest.mark.parametrize(("attempt", "refused"), [(sign_in, 302), (token_of, 401)])
def test_guessing_is_slowed_down(guarded, attempt, refused):
    statuses = [
        attempt(guarded.test_client(), password=f"guess {n}", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code for n in range(TRIES)
    ]
    assert statuses == [refused] * TRIES
    assert attempt(guarded.test_client()).status_code == 429  # the right one comes too late now


def test_colleagues_behind_one_address_do_not_lock_each_other_out(guarded):
    for _time in range(TRIES + 2):  # who gets in has not been guessing
        assert sign_in(guarded.test_client()).location == "/"
    for n in range(TRIES):
        sign_in(guarded.test_client(), "sales_a2", f"guess {n}")
    assert sign_in(guarded.test_client(), "sales_a2").status_code == 429
    assert sign_in(guarded.test_client(), "sales_a1").location == "/"
    client = guarded.test_client()
    sign_in(client)
    assert client.post("/logout/").status_code == 302


def test_one_address_cannot_try_all_names(guarded):
    statuses = [sign_in(guarded.test_client(), f"name{n}", "guess").status_code for n in range(TRIES * 10 + 1)]
    assert statuses[-1] == 429
    assert set(statuses[:-1]) == {302}
