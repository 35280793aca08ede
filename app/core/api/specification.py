"""OpenAPI of everything the API offers, for programs and generators of clients."""

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Response, current_app, jsonify, request
from flask_appbuilder.api import BaseApi, expose

from app.core.api.records import authenticate

VERSION = "v1"


class SpecificationApi(BaseApi):
    """The description is for those who can sign in; it names entities and fields, never values."""

    route_base = f"/api/{VERSION}"
    allow_browser_login = True

    @expose("/openapi.json", methods=["GET"])
    def specification(self) -> Response:
        """The whole description as OpenAPI 3.0.2."""
        authenticate()
        spec = _specification()
        for api in current_app.extensions["appbuilder"].baseviews:
            if isinstance(api, BaseApi) and api.version == VERSION:
                api.add_api_spec(spec)
        return jsonify(spec.to_dict())

    specification.guard = "signed_in"

    def add_api_spec(self, api_spec: APISpec) -> None:
        """It does not describe itself."""


def _specification() -> APISpec:
    servers: list[dict[str, Any]] = [{"url": request.host_url.rstrip("/")}]
    name = str(current_app.config["APP_NAME"])
    return APISpec(title=name, version=VERSION, openapi_version="3.0.2", plugins=[MarshmallowPlugin()], servers=servers)
