"""What is kept is given before any routing, and only to whom the endpoint would give it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient

from app.auth.port import Caller
from app.http.route import include
from app.main import create_app
from app.settings import Settings
from tests.cache.things import Things, thing_routes

KNOWN = {"X-Caller": "ann", "X-Scopes": "things:read"}


class Callers:
    """An authenticator that believes what it is told."""

    scheme, challenge = "told", "Told"

    def description(self) -> dict[str, Any]:
        return {"type": "apiKey", "in": "header", "name": "X-Caller"}

    async def authenticate(self, request: Request) -> Caller | None:
        subject = request.headers.get("x-caller")
        scopes = frozenset(request.headers.get("x-scopes", "").split())
        return None if subject is None else Caller(subject=subject, scopes=scopes)


@pytest.fixture
def things() -> Things:
    return Things()


@pytest.fixture
async def service(settings: Settings, things: Things) -> AsyncIterator[FastAPI]:
    """The service with one resource more, and callers who say who they are."""
    app = create_app(settings)
    app.state.authenticators.installed = [Callers()]
    include(app, thing_routes(things))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def caller(service: FastAPI) -> AsyncIterator[AsyncClient]:
    """Ann, who may read things."""
    transport = ASGITransport(service)
    async with AsyncClient(transport=transport, base_url="http://test", headers=KNOWN) as client:
        yield client


async def test_second_answer_is_the_first_and_costs_no_load(
    caller: AsyncClient, things: Things
) -> None:
    first = await caller.get("/things/1")
    second = await caller.get("/things/1")

    assert (first.status_code, second.status_code) == (200, 200)
    assert second.content == first.content
    assert things.loads == 1
    volatile = {"x-request-id"}
    assert set(second.headers) == set(first.headers)
    assert {n: v for n, v in second.headers.items() if n not in volatile} == {
        n: v for n, v in first.headers.items() if n not in volatile
    }


async def test_query_is_part_of_what_is_kept(caller: AsyncClient, things: Things) -> None:
    await caller.get("/things/1", params={"a": "1"})
    await caller.get("/things/1", params={"a": "2"})

    assert things.loads == 2


async def test_kept_answer_is_not_sent_to_who_has_it(caller: AsyncClient, things: Things) -> None:
    first = await caller.get("/things/1")

    second = await caller.get("/things/1", headers={"If-None-Match": first.headers["ETag"]})

    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Cache-Control"] == "private, no-cache"
    assert "X-Caller" in second.headers["Vary"]
    assert things.loads == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"X-Scopes": "others:read"}, 403), ({"X-Caller": ""}, 403)],
    ids=["wrong scope", "no scope"],
)
async def test_kept_answer_is_not_for_everybody(
    caller: AsyncClient, headers: dict[str, str], status: int
) -> None:
    await caller.get("/things/1")

    answer = await caller.get("/things/1", headers={"X-Scopes": "", **headers})

    assert answer.status_code == status


async def test_unknown_caller_is_refused(service: FastAPI, caller: AsyncClient) -> None:
    await caller.get("/things/1")

    async with AsyncClient(transport=ASGITransport(service), base_url="http://test") as anyone:
        answer = await anyone.get("/things/1")

    assert answer.status_code == 401


async def test_write_is_seen_at_once(service: FastAPI, caller: AsyncClient, things: Things) -> None:
    first = await caller.get("/things/1")
    things.version = 2
    await service.state.cache.forget("things")

    second = await caller.get("/things/1")

    assert first.json()["version"] == 1
    assert second.json()["version"] == 2


async def test_missing_thing_is_asked_for_again(caller: AsyncClient, things: Things) -> None:
    first = await caller.get("/things/0")
    second = await caller.get("/things/0")

    assert (first.status_code, second.status_code) == (404, 404)
    assert things.loads == 2


async def test_own_answers_are_kept_for_their_caller_alone(
    caller: AsyncClient, things: Things
) -> None:
    await caller.get("/own/1")
    ann = await caller.get("/own/1")
    bob = await caller.get("/own/1", headers={"X-Caller": "bob"})

    assert ann.json()["name"] == "ann"
    assert bob.json()["name"] == "bob"
    assert things.loads == 2


async def test_endpoint_with_another_dependency_is_always_asked(
    caller: AsyncClient, things: Things
) -> None:
    await caller.get("/guarded/1")
    await caller.get("/guarded/1")

    assert things.guarded == 2
    assert things.loads == 1
