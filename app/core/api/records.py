"""REST API of an entity: the same services, scope and refusals as the pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from apispec import APISpec
from flask import Response, current_app, g, jsonify, request
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.security.decorators import permission_name
from flask_jwt_extended import verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from flask_login import current_user
from jwt.exceptions import PyJWTError

from app.core.actor import Actor, Right, Source, acting_as, current_actor
from app.core.api.openapi import describe
from app.core.database import SAFE_METHODS, unit_of_work
from app.core.entity import Entity
from app.core.errors import BadRequest, NotAllowed, Refusal
from app.core.i18n import _l
from app.core.services.listing import page
from app.core.services.records import EntityService, service_of
from app.core.services.serial import as_json
from app.core.views.lists import question_of_request
from app.extensions import csrf, db


class SignInNeeded(Refusal):
    """No valid session, token or key came with the call."""

    status, code = 401, "sign_in"
    sentence = _l("Please sign in first.")


def api_access(right: Right) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Bearer token, or the browser's session with its CSRF token; then the right."""

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(handler)
        def guarded(self: "EntityApi", *args: Any, **kwargs: Any) -> Any:
            authenticate()
            actor = current_actor().through(Source.API)
            if not actor.may(right, self.class_permission_name):
                raise NotAllowed()
            with acting_as(actor):
                return handler(self, *args, actor=actor, **kwargs)

        guarded.guard = str(right)  # type: ignore[attr-defined]
        return permission_name(str(right))(guarded)

    return decorate


def authenticate() -> None:
    """Who calls? A cookie alone never suffices for a change: another site could send it."""
    if request.headers.get("Authorization", "").lower().startswith("bearer "):
        try:
            verify_jwt_in_request()
        except (JWTExtendedException, PyJWTError) as error:
            raise SignInNeeded() from error
        if g.get("user") is None or not g.user.is_authenticated:
            raise SignInNeeded()
        return
    if not current_user.is_authenticated:
        raise SignInNeeded()
    if request.method not in SAFE_METHODS and current_app.config.get("WTF_CSRF_ENABLED", True):
        csrf.protect()


# What an entity does not know at all has no address either.
METHOD_OF = {Right.CREATE: "post", Right.EDIT: "put", Right.DELETE: "delete"}


class EntityApi(BaseApi):
    """List, read, create, change, delete."""

    entity: ClassVar[Entity]
    version = "v1"
    allow_browser_login = True
    csrf_exempt = True  # `authenticate` asks for the token itself, whenever a cookie is what signs the call

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "entity" in cls.__dict__:
            cls.class_permission_name = cls.entity.name
            cls.base_permissions = [f"can_{right}" for right in cls.entity.rights]
            cls.exclude_route_methods = {method for right, method in METHOD_OF.items() if right not in cls.entity.rights}
            cls.openapi_spec_tag = str(cls.entity.name)

    @property
    def service(self) -> EntityService[Any]:
        return service_of(self.entity)

    @expose("/", methods=["GET"])
    @api_access(Right.VIEW)
    def get_list(self, *, actor: Actor) -> Response:
        """A page of records; `next` is the cursor for `after=`."""
        question = question_of_request(self.entity)
        relations = [f.relation for f in self.entity.references()]
        found = page(db.session(), self.entity, question, actor, relations=relations)
        return jsonify(items=[as_json(self.entity, r) for r in found.records], next=found.next, previous=found.previous)

    @expose("/<int:record_id>", methods=["GET"])
    @api_access(Right.VIEW)
    def get(self, record_id: int, *, actor: Actor) -> Response:
        """One record."""
        return jsonify(as_json(self.entity, self.service.get(record_id, actor=actor)))

    @expose("/", methods=["POST"])
    @api_access(Right.CREATE)
    def post(self, *, actor: Actor) -> tuple[Response, int]:
        """A new record."""
        with unit_of_work():
            record = self.service.create(self.body(), actor=actor)
        return jsonify(as_json(self.entity, record)), 201

    @expose("/<int:record_id>", methods=["PUT", "PATCH"])
    @api_access(Right.EDIT)
    def put(self, record_id: int, *, actor: Actor) -> Response:
        """Change the given fields; `version` is the one that was read."""
        values = self.body()
        version = values.pop("version", None)
        if not isinstance(version, int) or isinstance(version, bool):
            raise BadRequest(_l("Send the version of the record that you have read."))
        with unit_of_work():
            record = self.service.update(record_id, values, actor=actor, version=version)
        return jsonify(as_json(self.entity, record))

    @expose("/<int:record_id>", methods=["DELETE"])
    @api_access(Right.DELETE)
    def delete(self, record_id: int, *, actor: Actor) -> Response:
        """To the recycle bin."""
        with unit_of_work():
            self.service.delete(record_id, actor=actor)
        return jsonify(id=record_id)

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent."""
        values = request.get_json(silent=True)
        if not isinstance(values, dict):
            raise BadRequest(_l("Send a JSON object."))
        return {str(name): value for name, value in values.items() if name != "id"}

    def add_api_spec(self, api_spec: APISpec) -> None:
        """OpenAPI made of the fields."""
        describe(api_spec, self.entity, f"/api/{self.version}/{self.resource_name}")
