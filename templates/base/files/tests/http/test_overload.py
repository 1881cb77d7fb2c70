"""Shedding, deadlines, and clients that go away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from fastapi import Response
from httpx import ASGITransport, AsyncClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.environment import ServiceSettings
from app.http import watch
from app.http.overload import Overload

HELLO = {"type": "http", "method": "GET", "path": "/hello", "query_string": b"", "headers": []}
UPLOAD = {**HELLO, "method": "POST", "headers": [(b"content-length", b"5")]}
Call = Callable[..., Awaitable[list[Message]]]


class Work:
    """An application that takes its time."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.ended: list[str] = []
        self.reads = False
        self.answers_first = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if self.answers_first:
                await send({"type": "http.response.start", "status": 200, "headers": []})
            while self.reads and (await receive()).get("more_body"):
                pass
            await asyncio.sleep(self.seconds)
            self.ended.append("done")
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        if not self.answers_first:
            await Response("hello")(scope, receive, send)


@pytest.fixture
def work() -> Work:
    return Work()


def shed(work: ASGIApp, **settings: Any) -> Overload:
    """The application behind limits."""
    return Overload(work, settings=ServiceSettings(**settings), exempt={"/livez"})


@pytest.fixture
async def call(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Call]:
    """Calls an application with a server's messages; then there are no more."""
    monkeypatch.setattr(watch, "PATIENCE_SECONDS", 0.01)

    async def call(app: ASGIApp, scope: Scope, *messages: Message) -> list[Message]:
        left, sent = list(messages), []

        async def receive() -> Message:
            if left:
                return left.pop(0)
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: Message) -> None:
            sent.append(message)

        await app(dict(scope), receive, send)
        return sent

    yield call


async def test_what_is_too_much_is_shed(work: Work) -> None:
    work.seconds = 0.05
    app = shed(work, requests_at_once=2, requests_waiting=1, waiting_seconds=5)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        answers = await asyncio.gather(*(client.get("/hello") for _ in range(6)))

    refused = [answer for answer in answers if answer.status_code == 503]
    assert len(refused) == 3
    assert refused[0].headers["Retry-After"] == "1"
    assert refused[0].json()["code"] == "overloaded"


async def test_health_is_always_served(work: Work) -> None:
    work.seconds = 0.05
    app = shed(work, requests_at_once=1, requests_waiting=0)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        busy = asyncio.create_task(client.get("/hello"))
        await asyncio.sleep(0.01)
        alive = await client.get("/livez")
        await busy

    assert alive.status_code == 200


async def test_room_comes_back(work: Work, call: Call) -> None:
    app = shed(work, requests_at_once=1, requests_waiting=0)

    statuses = [(await call(app, HELLO))[0]["status"] for _ in range(3)]

    assert statuses == [200, 200, 200]


async def test_deadline_ends_the_work(work: Work, call: Call) -> None:
    work.seconds = 60
    sent = await call(shed(work, request_seconds=0.02), HELLO)

    assert sent[0]["status"] == 503
    assert (b"retry-after", b"1") in sent[0]["headers"]
    assert b"deadline_exceeded" in sent[1]["body"]
    assert work.ended == ["cancelled"]


async def test_body_that_does_not_come_ends_the_work(work: Work, call: Call) -> None:
    work.reads = True
    begun = {"type": "http.request", "body": b"1", "more_body": True}

    sent = await call(shed(work, request_seconds=0.02), UPLOAD, begun)

    assert sent[0]["status"] == 408
    assert work.ended == ["cancelled"]


async def test_answer_that_was_begun_is_not_ended_as_if_it_were_whole(
    work: Work, call: Call
) -> None:
    work.seconds, work.answers_first = 60, True

    with pytest.raises(TimeoutError):
        await call(shed(work, request_seconds=0.02), HELLO)


@pytest.mark.parametrize("scope", [HELLO, UPLOAD], ids=["no body", "body"])
async def test_client_that_goes_away_ends_the_work(
    work: Work, call: Call, scope: dict[str, Any]
) -> None:
    work.seconds, work.reads = 60, scope is UPLOAD
    messages = [{"type": "http.request", "body": b"", "more_body": False}]

    sent = await call(shed(work), scope, *messages, {"type": "http.disconnect"})

    assert sent[0]["status"] == 499
    assert work.ended == ["cancelled"]


async def test_cancelling_from_outside_is_not_answered(work: Work, call: Call) -> None:
    work.seconds = 60
    running = asyncio.ensure_future(call(shed(work), HELLO))
    await asyncio.sleep(0.05)

    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert work.ended == ["cancelled"]
