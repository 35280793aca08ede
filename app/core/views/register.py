"""Hanging an entity's page view and its API on the application."""

from typing import Any

from flask_appbuilder import AppBuilder

from app.core.api.records import EntityApi
from app.core.views.records import EntityView


def add_entity(appbuilder: AppBuilder, view: type[EntityView], api: type[EntityApi] | None = None) -> None:
    """Register the page view, and the API made of the same entity (or the given one)."""
    entity = view.entity
    appbuilder.add_view_no_menu(view)
    api = api or _plain_api(view.entity.name, entity)
    appbuilder.add_api(api)


def _plain_api(name: str, entity: Any) -> type[EntityApi]:
    class_name = "".join(part.capitalize() for part in name.split("_")) + "Api"
    return type(class_name, (EntityApi,), {"entity": entity, "resource_name": entity.path.strip("/"), "__doc__": f"REST API of {name}."})
