"""OpenAPI of an entity, made of its fields."""

from typing import Any

from apispec import APISpec

from app.core.actor import Right
from app.core.entity import Entity
from app.core.fields import Field, Kind

_TYPES: dict[Kind, dict[str, Any]] = {
    Kind.INTEGER: {"type": "integer", "format": "int64"},
    Kind.REFERENCE: {"type": "integer", "format": "int64"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.DATETIME: {"type": "string", "format": "date-time"},
    Kind.MONEY: {"type": "string", "pattern": r"^-?\d+(\.\d{1,2})?$"},
    Kind.DECIMAL: {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    Kind.PERCENT: {"type": "string", "pattern": r"^\d+(\.\d{1,2})?$"},
    Kind.EMAIL: {"type": "string", "format": "email"},
    Kind.URL: {"type": "string", "format": "uri"},
}
_REFUSALS = {
    "400": "Bad request",
    "401": "Not signed in",
    "403": "No right",
    "404": "Not found",
    "409": "Stale version",
    "422": "Invalid values",
}


def schema_of(field: Field) -> dict[str, Any]:
    """JSON schema of one field."""
    made = dict(_TYPES.get(field.kind, {"type": "string"}))
    if field.choices is not None:
        made["enum"] = [key for key, _label in field.choices.options()]
    if field.max_length and made["type"] == "string":
        made["maxLength"] = field.max_length
    if not field.required:
        made["nullable"] = True
    if field.readonly:
        made["readOnly"] = True
    return made


def describe(spec: APISpec, entity: Entity, path: str) -> None:
    """Add schema and operations of an entity to the specification."""
    name = "".join(part.capitalize() for part in entity.name.split("_"))
    properties = {f.name: schema_of(f) for f in entity.fields.values()}
    writable = {n: s for n, s in properties.items() if not s.get("readOnly")}
    required = [f.name for f in entity.fields.values() if f.required and f.name in writable and f.default is None]
    known = {"id": {"type": "integer", "readOnly": True}, "version": {"type": "integer", "readOnly": True}}
    spec.components.schema(name, {"type": "object", "properties": known | properties})
    new: dict[str, Any] = {"type": "object", "properties": writable, "additionalProperties": False}
    spec.components.schema(f"New{name}", new | ({"required": required} if required else {}))
    change = {
        "type": "object",
        "required": ["version"],
        "properties": {"version": {"type": "integer"}} | writable,
        "additionalProperties": False,
    }
    spec.components.schema(f"Change{name}", change)
    identifier = {"in": "path", "name": "record_id", "required": True, "schema": {"type": "integer"}}
    on_all = {"get": _list(entity, name)}
    if Right.CREATE in entity.rights:
        on_all["post"] = _write(entity, f"New{name}", name, "201")
    spec.path(path=f"{path}/", operations=on_all)
    on_one = {"get": _operation(entity, "Read", {"200": _answer(name)})}
    if Right.EDIT in entity.rights:
        on_one["put"] = _write(entity, f"Change{name}", name, "200")
    if Right.DELETE in entity.rights:
        on_one["delete"] = _operation(entity, "Delete", {"200": {"description": "In the recycle bin"}})
    spec.path(path=f"{path}/{{record_id}}", parameters=[identifier], operations=on_one)


def _operation(entity: Entity, verb: str, answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    refusals = {status: {"description": text} for status, text in _REFUSALS.items()}
    return {"tags": [entity.name], "summary": f"{verb} {entity.name}", "security": [{"jwt": []}], "responses": answers | refusals, **more}


def _answer(name: str) -> dict[str, Any]:
    return {"description": "OK", "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}


def _write(entity: Entity, schema: str, name: str, status: str) -> dict[str, Any]:
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}
    return _operation(entity, "Create" if status == "201" else "Change", {status: _answer(name)}, requestBody=body)


def _list(entity: Entity, name: str) -> dict[str, Any]:
    text = {"type": "string"}
    parameters = [
        {"in": "query", "name": "filter", "schema": {"type": "array", "items": text}, "description": "field:operator:value, repeated"},
        {"in": "query", "name": "q", "schema": text, "description": "contained in a search field"},
        {"in": "query", "name": "sort", "schema": text, "description": "field or -field"},
        {"in": "query", "name": "size", "schema": {"type": "integer", "enum": [20, 50, 100, 200]}},
        {"in": "query", "name": "after", "schema": text, "description": "cursor `next` of the page before"},
    ]
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}
    page = {"type": "object", "properties": {"items": items, "next": text | {"nullable": True}, "previous": text | {"nullable": True}}}
    answer = {"description": "OK", "content": {"application/json": {"schema": page}}}
    return _operation(entity, "List", {"200": answer}, parameters=parameters)
