"""Every address says who may use it; what the framework brings along is listed here, with the reason."""

from app.core.actor import Right

# endpoint → why it needs no guard of ours
FRAMEWORK = {
    "static": "public files of ours",
    "appbuilder.static": "public files of the framework",
    "TokenApi.login": "gives a token for a name and a password",
    "TokenApi.refresh": "gives a new token for a refresh token",
}
GUARDS = {str(right) for right in Right} | {"signed_in", "public"}


def test_every_route_declares_its_guard(app):
    guards = {rule.endpoint: getattr(app.view_functions[rule.endpoint], "guard", None) for rule in app.url_map.iter_rules()}
    unguarded = {endpoint for endpoint, guard in guards.items() if guard is None}
    assert unguarded - set(FRAMEWORK) == set()


def test_the_list_of_exceptions_is_not_longer_than_needed(app):
    assert set(FRAMEWORK) <= {rule.endpoint for rule in app.url_map.iter_rules()}
    assert not [endpoint for endpoint in FRAMEWORK if hasattr(app.view_functions[endpoint], "guard")]


def test_rights_have_permission_rows(app):
    """A right nobody can be given would lock a page for everybody but administrators."""
    nameless = []
    for rule in app.url_map.iter_rules():
        guard = getattr(app.view_functions[rule.endpoint], "guard", None)
        view = getattr(app.view_functions[rule.endpoint], "__self__", None)
        if guard in {None, "signed_in", "public"} or view is None:
            continue
        if f"can_{guard}" not in view.base_permissions:
            nameless.append(f"{rule.endpoint}: can_{guard} on {view.class_permission_name}")
    assert not nameless
