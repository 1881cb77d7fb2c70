"""Every error is a problem document."""

import pytest
from fastapi import APIRouter, FastAPI
from httpx import AsyncClient
from pydantic import BaseModel

from app.auth.port import requires
from app.http.route import StrictRoute, include
from tests.callers import HEADER, ScopesInHeader

JSON = {"Content-Type": "application/json"}


class Thing(BaseModel):
    """A body."""

    size: int


@pytest.fixture
def echo(app: FastAPI) -> None:
    """An endpoint with a body, and one that fails."""
    router = APIRouter(route_class=StrictRoute)

    @router.post("/echo")
    async def echo_thing(thing: Thing) -> Thing:
        return thing

    @router.get("/fail")
    async def fail() -> None:
        raise RuntimeError("a detail nobody must see")

    include(app, router)


async def test_unknown_path_is_a_problem(anyone: AsyncClient) -> None:
    answer = await anyone.get("/nothing")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]


async def test_wrong_method_names_the_right_ones(echo: None, anyone: AsyncClient) -> None:
    answer = await anyone.delete("/echo")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b'{"size": NaN}', b"\xff", b'"\\ud800"', b"[" * 2000, b'{"size": 1e999}'],
    ids=["cut", "empty", "nan", "utf-8", "surrogate", "deep", "infinite"],
)
async def test_malformed_json_is_invalid(echo: None, anyone: AsyncClient, body: bytes) -> None:
    answer = await anyone.post("/echo", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_invalid_field_is_named(echo: None, anyone: AsyncClient) -> None:
    answer = await anyone.post("/echo", json={"size": "large"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "size"


async def test_failure_tells_the_caller_nothing(echo: None, anyone: AsyncClient) -> None:
    answer = await anyone.get("/fail")

    assert answer.status_code == 500
    assert "detail nobody" not in answer.text
    assert answer.json()["code"] == "internal_error"


@pytest.mark.parametrize(
    ("headers", "status"), [({}, 401), ({HEADER: ""}, 403)], ids=["nobody", "no scope"]
)
async def test_caller_is_known_before_the_body_is_read(
    app: FastAPI, anyone: AsyncClient, headers: dict[str, str], status: int
) -> None:
    app.state.authenticators.installed.insert(0, ScopesInHeader(frozenset()))
    router = APIRouter(route_class=StrictRoute)

    @router.post("/guarded", dependencies=[requires("things:write")])
    async def guarded(thing: Thing) -> Thing:
        return thing

    include(app, router)
    answer = await anyone.post("/guarded", content=b"{", headers={**JSON, **headers})

    assert answer.status_code == status


async def test_announced_large_body_is_refused(echo: None, anyone: AsyncClient) -> None:
    answer = await anyone.post("/echo", content=b"1" * 1_048_577, headers=JSON)

    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
