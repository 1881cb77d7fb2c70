"""What `/openapi.json` says, so that it is true."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from app.auth.port import security
from app.errors import MEDIA_TYPE
from app.http.route import methods, requirement, routes
from app.idempotency.key import ANSWER_HEADER, PARAMETER
from app.listing import DEFAULT_LIMIT, LARGEST_LIMIT, LARGEST_SET, Listing

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
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
_ETAG = {"ETag": {"description": "The version of the answer.", "schema": {"type": "string"}}}
_LOCATION = {"Location": {"description": "Where it is now.", "schema": {"type": "string"}}}
Responses = dict[int | str, dict[str, Any]]


def problems(*statuses: int) -> Responses:
    """The `responses` of an endpoint for these statuses."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _MEANINGS[status], "content": content} for status in statuses}


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
            "schema": {"type": "string"},
        }
    ]
}
CONDITIONAL_WRITE = {
    "parameters": [
        {
            "name": "If-Match",
            "in": "header",
            "description": "Entity tag that was read; 412 if it is not the current one.",
            "schema": {"type": "string", "pattern": r'^(\*|"[0-9]{1,9}")$'},
        }
    ]
}
IDEMPOTENT = {"parameters": [PARAMETER]}


def lists(listing: Listing) -> dict[str, Any]:
    """The `openapi_extra` of a list endpoint: its query parameters."""
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT}
    cursor = {"type": "string", "minLength": 1}
    sort = {"type": "string", "enum": listing.sorts, "default": "id"}
    described = [
        _parameter("limit", limit, "How many rows at most."),
        _parameter("cursor", cursor, "`next_cursor` of the page before."),
        _parameter("sort", sort, "The order; `-` is descending. Null sorts last."),
        *(
            _filter(parameter, operator, listing.schemas[name])
            for parameter, (name, operator) in listing.filters.items()
        ),
    ]
    return {"parameters": described + CONDITIONAL_READ["parameters"]}


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _filter(parameter: str, operator: str, schema: dict[str, Any]) -> dict[str, Any]:
    meaning = {"eq": "Equal.", "gte": "At least.", "lte": "At most.", "in": "One of."}[operator]
    if operator != "in":
        return _parameter(parameter, schema, meaning)
    # A comma parts the values, so none may hold one.
    item = {"allOf": [schema, {"pattern": "^[^,]*$"}]} if "maxLength" in schema else schema
    many = {"type": "array", "items": item, "minItems": 1, "maxItems": LARGEST_SET}
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


def _by_text(responses: Responses) -> dict[str, dict[str, Any]]:
    return {str(status): response for status, response in responses.items()}
