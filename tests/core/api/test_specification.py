"""The description of the API says what the API does."""

from app.core.api.records import EntityApi

VERBS = {"get", "post", "put", "delete"}
ADDRESS = "/api/v1/openapi.json"


def test_it_names_every_entity_and_all_its_fields(app, client_of):
    found = client_of("sales_a1").get(ADDRESS).get_json()
    assert found["openapi"].startswith("3.")
    apis = [view for view in app.appbuilder.baseviews if isinstance(view, EntityApi)]
    assert len(apis) > 10
    for entity in (api.entity for api in apis):
        name = "".join(part.capitalize() for part in entity.name.split("_"))
        assert set(found["components"]["schemas"][name]["properties"]) == {"id", "version", *entity.fields}
        assert {"get", "post"} <= set(found["paths"][f"/api/v1{entity.path}/"])


def test_every_address_of_the_api_is_described(app, client_of):
    paths = client_of("admin").get(ADDRESS).get_json()["paths"]
    described = {
        (path.replace("{record_id}", "<int:record_id>"), verb.upper()) for path, verbs in paths.items() for verb in verbs if verb in VERBS
    }
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/") and rule.rule != ADDRESS]
    assert described == {(rule.rule, verb) for rule in rules for verb in rule.methods - {"HEAD", "OPTIONS", "PATCH"}}


def test_strangers_are_asked_to_sign_in(client_of):
    answer = client_of(None).get(ADDRESS)
    assert answer.status_code == 401
    assert answer.get_json()["error"] == "sign_in"
