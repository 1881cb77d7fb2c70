"""Every endpoint that requires a scope refuses callers without it."""

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from app.http.route import methods, requirement, routes
from app.ids import new_id
from app.main import create_app
from tests.callers import HEADER


def guarded() -> list[tuple[str, str]]:
    """Method and path of each endpoint with a scope."""
    found = []
    for route in routes(create_app()):
        required = requirement(route)
        if required is not None and required.scope is not None:
            found += [(method, route.path_format) for method in methods(route)]
    return found


@pytest.mark.parametrize(("method", "path"), guarded(), ids=" ".join)
async def test_caller_needs_the_scope(anyone: AsyncClient, method: str, path: str) -> None:
    url = path.partition("{")[0] + (new_id() if "{" in path else "")

    unknown = await anyone.request(method, url, json={})
    without = await anyone.request(method, url, json={}, headers={HEADER: "other:read"})

    assert unknown.status_code == 401
    assert "WWW-Authenticate" in unknown.headers
    assert without.status_code == 403


async def test_description_names_the_scheme(app: FastAPI, anyone: AsyncClient) -> None:
    description = (await anyone.get("/openapi.json")).json()

    assert description["components"]["securitySchemes"]["jwt"]["scheme"] == "bearer"
