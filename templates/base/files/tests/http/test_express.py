"""The short way to an endpoint answers as FastAPI's own way does."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response
from httpx import AsyncClient

from app import fields
from app.errors import Conflict
from app.http.answers import json_answer
from app.http.calls import Call
from app.http.route import StrictRoute, include
from app.schema import Schema

ID = fields.EXAMPLE_ID
GOOD = b'{"size": 3}'
JSON = {"Content-Type": "application/json"}


class Thing(Schema):
    """A body."""

    size: fields.Integer
    name: fields.Text = "thing"


@pytest.fixture
def ended() -> list[str]:
    """How the work of each request has ended, as its dependency sees it."""
    return []


@pytest.fixture
def things(app: FastAPI, ended: list[str]) -> None:
    """Endpoints of the usual form, and one that is not."""

    async def begun(request: Request) -> AsyncIterator[str]:
        try:
            yield request.method
            ended.append("well")
        except Exception as error:
            ended.append(type(error).__name__)
            raise

    router = APIRouter(route_class=StrictRoute)

    @router.get("/things/search")
    async def search(size: Annotated[int, Query()]) -> Response:
        return json_answer({"found": size})

    @router.put("/things/{id}")
    async def put_thing(
        id: fields.Uuid, thing: Thing, method: Annotated[str, Depends(begun, scope="function")]
    ) -> Response:
        if thing.name == "conflict":
            raise Conflict("It is there already.", headers={"X-Why": "twice"})
        if thing.name == "teapot":
            raise HTTPException(418, "short and stout")
        return json_answer({"id": id, "size": thing.size, "name": thing.name, "method": method})

    @router.get("/things/{name}")
    async def get_thing(name: str) -> Response:
        return json_answer({"name": name})

    include(app, router)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """The calls that went the short way."""
    made: list[Call] = []
    original = Call.__call__

    async def counted(call: Call, request: Request) -> Response:
        made.append(call)
        return await original(call, request)

    monkeypatch.setattr(Call, "__call__", counted)
    return made


def told(answer: Any) -> tuple[int, dict[str, str], str]:
    """All of an answer that is the same each time."""
    headers = {n: v for n, v in answer.headers.items() if n != "x-request-id"}
    request_id = answer.headers["x-request-id"]
    return answer.status_code, headers, answer.text.replace(request_id, "")


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        (ID, GOOD, "application/json"),
        (ID, GOOD, "application/merge-patch+json; charset=utf-8"),
        (ID, GOOD, "text/plain"),
        (ID, GOOD, ""),
        (ID, b"", "application/json"),
        (ID, b"{", "application/json"),
        (ID, b"\xff", "application/json"),
        (ID, b"[" * 2000, "application/json"),
        (ID, b"5", "application/json"),
        (ID, b"null", "application/json"),
        (ID, b'{"size": "large", "more": 1}', "application/json"),
        (ID.upper(), GOOD, "application/json"),
        ("no-id", b'{"size": 1.5}', "application/json"),
        (ID, b'{"size": 1, "name": "conflict"}', "application/json"),
        (ID, b'{"size": 1, "name": "teapot"}', "application/json"),
    ],
)
async def test_answer_is_the_one_of_fastapi(
    *,
    app: FastAPI,
    things: None,
    anyone: AsyncClient,
    calls: list[Call],
    path: str,
    body: bytes,
    kind: str,
) -> None:
    headers = {"Content-Type": kind} if kind else {}

    short = await anyone.put(f"/things/{path}", content=body, headers=headers)
    assert len(calls) == 1
    app.dependency_overrides = {print: print}  # then FastAPI must look at every dependency itself
    long = await anyone.put(f"/things/{path}", content=body, headers=headers)

    assert len(calls) == 1
    assert told(short) == told(long)


async def test_work_begins_only_for_what_is_valid(
    things: None, anyone: AsyncClient, ended: list[str]
) -> None:
    await anyone.put(f"/things/{ID}", content=b"{", headers=JSON)
    assert ended == []

    await anyone.put(f"/things/{ID}", content=GOOD, headers=JSON)
    await anyone.put(f"/things/{ID}", content=b'{"size": 1, "name": "conflict"}', headers=JSON)
    assert ended == ["well", "Conflict"]


async def test_earlier_route_comes_first(
    things: None, anyone: AsyncClient, calls: list[Call]
) -> None:
    found = await anyone.get("/things/search", params={"size": 3})
    assert (found.json(), calls) == ({"found": 3}, [])

    other = await anyone.get("/things/other")
    assert (other.json(), len(calls)) == ({"name": "other"}, 1)


async def test_wrong_method_is_left_to_fastapi(things: None, anyone: AsyncClient) -> None:
    answer = await anyone.delete(f"/things/{ID}")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, PUT"
