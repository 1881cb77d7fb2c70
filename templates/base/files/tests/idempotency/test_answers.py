"""A request that is sent twice is done once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from httpx import AsyncClient
from httpx import Response as Answer

from app import moments
from app.database.session import TransactionDep
from app.errors import Conflict
from app.http.answers import json_answer
from app.http.route import StrictRoute, include
from app.idempotency import answers
from app.idempotency.answers import once, sweep
from app.idempotency.repository import ROWS

Send = Callable[..., Awaitable[Answer]]


class Works:
    """What was done."""

    def __init__(self) -> None:
        self.count = 0
        self.refuses = False


@pytest.fixture
def works(app: FastAPI) -> Works:
    """POST /works answers how often it was done."""
    works = Works()
    router = APIRouter(route_class=StrictRoute)

    @router.post("/works")
    async def work(request: Request, transaction: TransactionDep) -> Response:
        async def do() -> Response:
            works.count += 1
            count = works.count
            await asyncio.sleep(0.05)
            if works.refuses:
                raise Conflict("Not now.")
            answer = json_answer({"count": count}, 201)
            answer.headers["Location"] = f"/works/{count}"
            return answer

        return await once(request, transaction, do)

    include(app, router)
    return works


@pytest.fixture
async def send(works: Works, client: AsyncClient) -> AsyncIterator[Send]:
    """Posts a body with a key."""

    async def post(key: str, content: str = "{}", path: str = "/works") -> Answer:
        return await client.post(path, content=content, headers={"Idempotency-Key": key})

    yield post


async def test_same_request_gets_the_first_answer(send: Send, works: Works) -> None:
    first, second = await send("a"), await send("a")

    assert works.count == 1
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"


async def test_other_key_is_other_work(send: Send) -> None:
    await send("a")

    assert (await send("b")).json() == {"count": 2}


@pytest.mark.parametrize(
    ("content", "path"), [("[]", "/works"), ("{}", "/works?x=1")], ids=["body", "query"]
)
async def test_key_is_good_for_one_request(send: Send, content: str, path: str) -> None:
    await send("a")

    other = await send("a", content, path)

    assert other.status_code == 409
    assert other.json()["code"] == "idempotency_key_reused"


async def test_bad_key_is_refused(send: Send, works: Works) -> None:
    answer = await send("two words")

    assert (answer.status_code, works.count) == (422, 0)


async def test_equal_requests_at_once_are_done_once(send: Send) -> None:
    both = await asyncio.gather(*(send("a") for _ in range(4)))

    assert {answer.text for answer in both} == {both[0].text}
    assert {answer.status_code for answer in both} == {201}
    assert sum("Idempotency-Replayed" in answer.headers for answer in both) == 3


async def test_error_is_not_kept(send: Send, works: Works) -> None:
    works.refuses = True
    refused = await send("a")
    works.refuses = False

    assert refused.status_code == 409
    assert (await send("a")).json() == {"count": 2}


async def test_expired_key_is_new(
    app: FastAPI, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.moments.after", lambda seconds: moments.now())

    await send("a")

    assert (await send("a")).json() == {"count": 2}


async def test_expired_answers_are_removed(
    app: FastAPI, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send("kept")
    monkeypatch.setattr("app.moments.after", lambda seconds: moments.now())
    monkeypatch.setattr(answers, "SWEEP_EVERY", 2)

    await send("a")
    await send("b")
    await sweep(app.state.database)

    assert len(await ROWS.ids(app.state.database.reader)) == 1


async def test_answer_in_progress_elsewhere_is_asked_for_again(
    app: FastAPI, send: Send, works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: object) -> None:
        return None

    await send("a")
    monkeypatch.setattr(answers, "_stored", nothing)

    answer = await send("a")

    assert (answer.status_code, answer.json()["code"]) == (409, "request_in_progress")
    assert answer.headers["Retry-After"] == "1"
