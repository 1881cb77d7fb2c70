"""Routes are found as asking each of them in turn would find them."""

from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Match

from app.http.finder import Finder

PATHS = ("/", "/a", "/b", "/a/", "/a/1", "/a/x", "/a/1/b", "/b/1", "/b/1/2", "/files/1", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A route that a finder looks for."""

    route: APIRoute


def routed(*templates: str) -> tuple[FastAPI, list[APIRoute]]:
    """An application with a route for each `METHOD /path`, in this order."""
    router = APIRouter()
    for template in templates:
        method, _, path = template.partition(" ")
        router.add_api_route(path, lambda: None, methods=[method])
    app = FastAPI(openapi_url=None)
    app.include_router(router)
    return app, [route for route in router.routes if isinstance(route, APIRoute)]


def scope_of(path: str, method: str = "GET") -> dict[str, Any]:
    return {"type": "http", "method": method, "path": path, "headers": [], "root_path": ""}


def asked_in_turn(routes: list[APIRoute], scope: dict[str, Any]) -> APIRoute | None:
    return next((it for it in routes if it.matches(scope)[0] is Match.FULL), None)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize(
    "templates",
    [
        ["GET /a", "GET /a/{id}", "PUT /a/{id}", "GET /b"],
        ["GET /a/x", "GET /a/{id}"],
        ["GET /a/{id}", "GET /a/x"],
        ["PUT /a/x", "GET /a/{id}", "PUT /a/{id}"],
        ["GET /{any}", "GET /a", "GET /b"],
        ["GET /{any}/{other}", "GET /a/{id}"],
        ["GET /files/{name:path}", "GET /files/{name}", "GET /a/{id}"],
        ["GET /{rest:path}", "GET /a"],
        ["GET /a/{id}/b", "GET /b/{id}/{other}", "GET /b/{id}"],
    ],
    ids=", ".join,
)
def test_what_is_found_is_what_comes_first(templates: list[str], method: str, path: str) -> None:
    app, routes = routed(*templates)
    scope = scope_of(path, method)

    found = Finder(app, [Known(route=route) for route in routes]).find(scope)

    if found is not None:  # else it is asked in turn
        assert found[0].route is asked_in_turn(routes, scope)
        assert found[0].route.matches(scope)[1]["path_params"] == found[1]


@pytest.mark.parametrize(
    ("path", "values"),
    [("/a", {}), ("/a/1", {"id": "1"}), ("/a/x", None), ("/a/", None), ("/b", None)],
)
def test_usual_routes_are_found(path: str, values: dict[str, str] | None) -> None:
    app, (first, _, last) = routed("GET /a", "GET /a/x", "GET /a/{id}")

    found = Finder(app, [Known(route=first), Known(route=last)]).find(scope_of(path))

    assert (None if found is None else found[1]) == values
