"""Every endpoint of every resource refuses callers without its scope."""

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from app.http.route import every_scope, methods, requirement, routes
from app.ids import new_id
from app.main import create_app
from app.resources import ROUTERS
from tests.callers import HEADER

OPEN = {
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/livez"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("POST", "/api/v1/auth/login"),
    ("POST", "/api/v1/auth/refresh"),
    ("POST", "/api/v1/auth/logout"),
}
"""What may be called by anyone."""
APP = create_app()
ENDPOINTS = [
    (method, route.path_format, requirement(route))
    for route in routes(APP)
    for method in methods(route)
]
GUARDED = [
    (method, path, required.scope)
    for method, path, required in ENDPOINTS
    if required is not None and required.scope is not None
]


def test_every_endpoint_says_who_may_call_it() -> None:
    without = {(method, path) for method, path, required in ENDPOINTS if required is None}

    assert without <= OPEN, "state `dependencies=[requires(…)]`, or name it in OPEN"


def test_every_endpoint_of_a_resource_is_guarded() -> None:
    expected = {
        (method, route.path_format)
        for router in ROUTERS
        for route in routes(APP)
        if route in router.routes
        for method in methods(route)
    }

    assert expected
    assert expected <= {(method, path) for method, path, _ in GUARDED}
    assert len(expected) >= 6 * len(ROUTERS)


def test_every_path_is_known() -> None:
    """Nothing is served beside the routes that are looked at here."""
    described = {
        (method.upper(), path)
        for path, operations in APP.openapi()["paths"].items()
        for method in operations
    }

    assert described <= {(method, path) for method, path, _ in ENDPOINTS}


@pytest.mark.parametrize(
    ("method", "path", "scope"), GUARDED, ids=lambda value: str(value).replace("/", "-")
)
async def test_caller_needs_the_scope(
    app: FastAPI, anyone: AsyncClient, method: str, path: str, scope: str
) -> None:
    url = path.partition("{")[0] + (new_id() if "{" in path else "")
    tokens = app.state.authenticators.installed[-1]
    others = [one for one in every_scope(app) if one != scope]

    def bearer(scopes: list[str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {tokens.make(new_id(), scopes)}"}

    right = await anyone.request(method, url, json={}, headers=bearer([scope]))
    unknown = await anyone.request(method, url, json={})  # nor is it given what a cache has now
    without = await anyone.request(method, url, json={}, headers=bearer(others))
    wrong = await anyone.request(method, url, json={}, headers={HEADER: "other:read"})

    assert unknown.status_code == 401
    assert "Bearer" in unknown.headers["WWW-Authenticate"]
    assert unknown.headers["content-type"] == "application/problem+json"
    assert (without.status_code, wrong.status_code) == (403, 403)
    assert right.status_code in (200, 201, 404, 422), "this scope is enough"


async def test_description_names_the_scheme(app: FastAPI, anyone: AsyncClient) -> None:
    description = (await anyone.get("/openapi.json")).json()

    assert description["components"]["securitySchemes"]["jwt"]["scheme"] == "bearer"
