"""What `/openapi.json` says, so that it is true."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, TypeAdapter

from app import fields
from app.auth.port import security
from app.errors import MEDIA_TYPE
from app.http.codes import description
from app.http.route import methods, requirement, routes
from app.idempotency.key import ANSWER_HEADER, PARAMETER
from app.listing import DEFAULT_LIMIT, LARGEST_LIMIT, Listing

_FIELD_ERROR = {
    "type": "object",
    "required": ["field", "message"],
    "properties": {
        "field": {"type": "string", "examples": ["name"]},
        "message": {"type": "string", "examples": ["must not be empty"]},
    },
    "examples": [{"field": "name", "message": "must not be empty"}],
}
PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457). Programs go by `code`, people by `detail`.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": ["about:blank"]},
        "title": {"type": "string", "examples": ["Unprocessable Entity"]},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "examples": [422]},
        "detail": {"type": "string", "examples": ["name: must not be empty"]},
        "code": {"type": "string", "description": description(), "examples": ["invalid"]},
        "request_id": {"type": "string", "examples": ["5f0c9d3e7a614d0fb8c3b1a2f4e5d6c7"]},
        "errors": {"type": "array", "items": _FIELD_ERROR},
    },
}
_MEANINGS = {
    401: "Not logged in",
    403: "The scope is missing",
    404: "Not found",
    409: "In conflict with what is stored",
    412: "Changed since it was read",
    413: "The body is too large",
    422: "Invalid",
    429: "Too many requests",
    503: "A part of the service is down",
}
_CODES = {
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    412: "stale",
    413: "too_large",
    422: "invalid",
    429: "too_many_attempts",
    503: "unavailable",
}
_TAG = {"type": "string", "examples": ['"1"']}
_ETAG = {"ETag": {"description": "The version of the answer.", "schema": _TAG}}
_LOCATION = {
    "Location": {
        "description": "Where it is now.",
        "schema": {"type": "string", "format": "uri-reference"},
    }
}
_INTEGERS_END = 2**63 - 1
Responses = dict[int | str, dict[str, Any]]


def problems(*statuses: int) -> Responses:
    """The `responses` of an endpoint for these statuses."""
    return {
        status: {"description": _MEANINGS[status], "content": {MEDIA_TYPE: _problem(status)}}
        for status in statuses
    }


def _problem(status: int) -> dict[str, Any]:
    example = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": f"{_MEANINGS[status]}.",
        "code": _CODES[status],
    }
    return {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}


def answers_page(model: type[BaseModel]) -> Responses:
    """200 with a page, 304 for a caller who has it already, or one of the problems."""
    unchanged: Responses = {304: {"description": "Not changed", "headers": _ETAG}}
    return {200: {"model": model, "headers": _ETAG}, **unchanged, **problems(422, 503)}


def answers_read(model: type[BaseModel]) -> Responses:
    """As `answers_page` for one row, or 404."""
    return {**answers_page(model), **problems(404)}


def answers_changed(model: type[BaseModel]) -> Responses:
    """200 with the row as it is now, or one of the problems."""
    changed = {"model": model, "headers": _ETAG}
    return {200: changed, **problems(404, 409, 412, 413, 422, 503)}


def answers_created(model: type[BaseModel]) -> Responses:
    """201 with the address of what was made, or one of the problems."""
    made = {"model": model, "headers": {**_ETAG, **_LOCATION, **ANSWER_HEADER}}
    return {201: made, **problems(409, 413, 422, 503)}


def answers_deleted() -> Responses:
    """204, or one of the problems."""
    return {204: {"description": "Gone"}, **problems(404, 409, 412, 422, 503)}


CONDITIONAL_READ = {
    "parameters": [
        {
            "name": "If-None-Match",
            "in": "header",
            "description": "Entity tags the caller has; 304 if one of them is still right.",
            "schema": _TAG,
        }
    ]
}
CONDITIONAL_WRITE = {
    "parameters": [
        {
            "name": "If-Match",
            "in": "header",
            "description": "Entity tag that was read; 412 if it is not the current one.",
            "schema": {**_TAG, "pattern": r'^(\*|"[0-9]{1,9}(-gzip)?")$'},
        }
    ]
}
IDEMPOTENT = {"parameters": [PARAMETER]}


def lists(listing: Listing) -> dict[str, Any]:
    """The `openapi_extra` of a list endpoint: its query parameters."""
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT}
    cursor = {"minLength": 1, **TypeAdapter[Any](fields.Cursor).json_schema()}
    sort = {"type": "string", "enum": listing.sorts, "default": "id"}
    described = [
        _parameter("limit", limit, "How many rows at most."),
        _parameter("cursor", cursor, "`next_cursor` of the page before."),
        _parameter("sort", sort, "The order; `-` is descending. Null sorts last."),
        *(
            _filter(parameter, operator, listing.schemas[name], listing.set_sizes[name])
            for parameter, (name, operator) in listing.filters.items()
        ),
    ]
    return {"parameters": described + CONDITIONAL_READ["parameters"]}


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _filter(parameter: str, operator: str, schema: dict[str, Any], most: int) -> dict[str, Any]:
    meaning = {"eq": "Equal.", "gte": "At least.", "lte": "At most.", "in": "One of."}[operator]
    if operator != "in":
        return _parameter(parameter, schema, meaning)
    # A comma parts the values, so none may hold one.
    item = {"allOf": [schema, {"pattern": "^[^,]*$"}]} if "maxLength" in schema else schema
    many = {"type": "array", "items": item, "minItems": 1, "maxItems": most}
    return {**_parameter(parameter, many, meaning), "style": "form", "explode": False}


class DescribedApp(FastAPI):
    """Describes what FastAPI does not know of: problems, and who may call what."""

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = _describe(self)
        return self.openapi_schema


def _describe(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, routes=app.routes)
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    for name in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(name, None)
    _make_limits_whole(document)
    authenticators = app.state.authenticators.installed
    if not authenticators:
        return document
    components["securitySchemes"] = {one.scheme: one.description() for one in authenticators}
    for route in routes(app):
        required = requirement(route)
        if required is not None:
            for method in methods(route):
                operation = document["paths"][route.path_format][method.lower()]
                operation["security"] = security(authenticators, required.scope)
                operation["responses"].update(_by_text(problems(401, 403)))
    return document


def _make_limits_whole(node: Any) -> None:
    """FastAPI makes floats of all limits, and the largest integer is no float."""
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        _make_limits_whole(child)
    if isinstance(node, dict) and node.get("type") == "integer":
        for name in {"minimum", "maximum"} & node.keys():
            node[name] = min(int(node[name]), _INTEGERS_END)


def _by_text(responses: Responses) -> dict[str, dict[str, Any]]:
    return {str(status): response for status, response in responses.items()}
