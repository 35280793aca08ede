"""Every address × strangers, people without rights, forged and mad requests; a new address is covered by being there."""

from urllib.parse import urlsplit

import pytest

from app.core.entity import entities
from tests.attacks.conftest import NOWHERE, PUBLIC_ENDPOINTS, UNSAFE, address, methods, rules

MAD_QUERIES = [
    "size=abc",
    "size=5000000",
    "size=-1",
    "size=%C2%B2",  # a digit that is no number
    "after=WyJcdWQ4MDAiLCAxXQ",  # half a character
    "after=" + "W1tb" * 90,
    "after=xxx",
    "after=W10",
    "before=" + "A" * 300,
    "sort=password",
    "sort=owner.password",
    "sort=deleted_at",
    "filter=password:starts:scrypt",
    "filter=owner_id:eq:99999999999999999999",
    "filter=nonsense",
    "filter=name:like:x",
    "filter=created_at:gte:not-a-day",
    "q=" + "%F0%9F%98%80" * 50,
    "q=%00%01",
    "q=%25_%5C%27%22--",
    "q=" + "x" * 5000,
    "deleted=2&format=exe&entity=nothing&page=-1&before=0x10",
    "stage=abc&pipeline=99999999999999999999&owner=zz&department=-5&from=2026-13-45&to=x&period=never",
]


def ours(app):
    return [(rule, method) for rule in rules(app) for method in methods(rule)]


def test_strangers_get_nowhere_and_change_nothing(app, client_of, fingerprint):
    client, before = client_of(None), fingerprint()
    for rule, method in ours(app):
        if rule.endpoint in PUBLIC_ENDPOINTS:
            continue
        answer = client.open(address(rule, 1), method=method, data={} if method in UNSAFE else None)
        refused = answer.status_code == 401 or (answer.status_code == 302 and "/login/" in answer.location)
        assert refused, (rule.rule, method, answer.status_code)
    assert fingerprint() == before


def test_a_person_without_rights_gets_nowhere_and_changes_nothing(app, client_of, fingerprint):
    client, before = client_of("nobody"), fingerprint()
    own = {"HomeView.index", "PreferencesView.profile", "PreferencesView.password", "SearchView.index", "SpecificationApi.specification"}
    for rule, method in ours(app):
        if rule.endpoint in PUBLIC_ENDPOINTS | own:
            continue
        answer = client.open(address(rule, 1), method=method, data={} if method in UNSAFE else None)
        assert answer.status_code in {403, 404, 400, 422}, (rule.rule, method, answer.status_code)
        if method in UNSAFE:
            assert answer.status_code in {403, 404}, (rule.rule, method, answer.status_code)
    assert fingerprint() == before


def test_a_forged_form_is_refused_everywhere(app, client_of, fingerprint):
    app.config["WTF_CSRF_ENABLED"] = True
    client, before = client_of("admin"), fingerprint()
    tokenless = {"TokenApi.login", "TokenApi.refresh"}  # they take no cookie
    for rule, method in ours(app):
        if method not in UNSAFE or rule.endpoint in tokenless or rule.endpoint == "SetupView.wizard":
            continue
        answer = client.open(address(rule, 1), method=method, data={"name": "forged"})
        assert answer.status_code == 400, (rule.rule, method, answer.status_code)
        if rule.rule.startswith("/api/"):
            answer = client.open(address(rule, 1), method=method, json={"name": "forged", "version": 1})
            assert answer.status_code == 400, (rule.rule, method, answer.status_code)
    assert fingerprint() == before


def test_looking_changes_nothing_and_never_fails(app, client_of, fingerprint):
    client, before = client_of("admin"), fingerprint()
    exports = 0
    for rule, method in ours(app):
        if method != "GET" or rule.endpoint.endswith(".export"):
            exports += rule.endpoint.endswith(".export")
            continue  # an export leaves its entry in the audit, on purpose
        for record_id in (1, NOWHERE, 10**20):
            answer = client.get(address(rule, record_id))
            assert answer.status_code < 500, (rule.rule, record_id, answer.status_code)
    assert exports
    assert fingerprint() == before


@pytest.mark.parametrize("query", MAD_QUERIES, ids=lambda q: q[:30])
def test_mad_parameters_are_answered_with_sense(app, client_of, query):
    client = client_of("admin")
    for rule, method in ours(app):
        if method == "GET" and "record_id" not in rule.arguments:
            answer = client.get(f"{address(rule)}?{query}")
            assert answer.status_code < 500, (rule.rule, query, answer.status_code)


def test_mad_forms_are_answered_with_sense(app, client_of):
    client = client_of("admin")
    mad = {
        "name": "\x00\x01",
        "version": "10" * 30,
        "owner_id": "-1",
        "id": "abc",
        "body": "x" * 300_000,
        "stage": "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
        "place": "2026-01-01T00:00:00+00:00_\u00b2",
    }
    bodies = (
        {"data": mad},
        {"json": ["not", "an", "object"]},
        {"json": {"name": "\ud800", "version": 1, "username": "\udc00", "password": "\ud800", "provider": "db"}},
        {"json": {"name": "x", "version": 10**40, "owner_id": [1], "level": {}, "city": None, "annual_revenue": 1e308}},
        {"data": b"\xff\xfe{", "content_type": "application/json"},
        {"data": b'{"name":' + b"[" * 50_000, "content_type": "application/json"},
    )
    for rule, method in ours(app):
        if method not in UNSAFE or rule.endpoint in {"SignInView.logout", "PreferencesView.password"}:
            continue
        for body in bodies:
            answer = client.open(address(rule, 1), method=method, **body)
            assert answer.status_code < 500, (rule.rule, method, answer.status_code)


def test_pages_are_capped(client_of):
    for entity in entities():
        if entity.rights and entity.in_menu:
            answer = client_of("admin").get(f"{entity.path}/?size=999999")
            assert answer.status_code in {200, 400, 404}


def test_every_answer_carries_the_headers(client_of):
    for path in ("/", "/login/", "/customers/", "/api/v1/customers/", "/no/such/page"):
        headers = client_of("admin").get(path).headers
        assert "'nonce-" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"].split("script-src")[1].split(";")[0]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example"]
)
def test_no_redirect_leads_away(client_of, target):
    stranger = client_of(None)
    for answer in (
        stranger.post("/preferences/language", data={"locale": "en", "next": target}),
        client_of("admin").get("/login/", query_string={"next": target}),
    ):
        assert answer.status_code == 302
        assert answer.location.startswith("/")
        assert not urlsplit(answer.location).netloc
