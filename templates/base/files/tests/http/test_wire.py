"""What comes over a connection and is no request."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from uvicorn.config import Config
from uvicorn.server import ServerState

from app.http import wire

Address = tuple[str, int]


@pytest.fixture
async def address() -> AsyncIterator[Address]:
    """Where connections of our kind are taken."""
    config = Config(FastAPI(), log_config=None, ws="none")
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: wire.Protocol(config, state, {}), "127.0.0.1", 0
    )
    async with server:
        yield server.sockets[0].getsockname()


async def answer_to(sent: bytes, address: Address) -> tuple[list[str], bytes]:
    """The lines of the answer's head, in lower case, and its body; all until it is closed."""
    reader, writer = await asyncio.open_connection(*address)
    writer.write(sent)
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    return head.decode().lower().split("\r\n"), body


@pytest.mark.parametrize(
    "sent",
    [b"\x00\x01\x02\r\n\r\n", b"FROBNICATE / HTTP/1.1\r\n\r\n", b"GET /\xff HTTP/9.9\r\n\r\n"],
    ids=["bytes", "method", "version"],
)
async def test_no_http_is_told_so_in_a_problem_document(sent: bytes, address: Address) -> None:
    lines, body = await answer_to(sent, address)

    assert lines[0] == "http/1.1 400 bad request"
    assert "content-type: application/problem+json" in lines
    assert f"content-length: {len(body)}" in lines
    assert json.loads(body)["code"] == "bad_request"


@pytest.mark.parametrize(
    "before", [b"", b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"], ids=["first", "second"]
)
async def test_head_must_come_in_time(
    before: bytes, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.1)

    _, body = await answer_to(before + b"GET / HTTP/1.1\r\nHost: he", address)

    assert b'"head_too_slow"' in body


async def test_silent_connection_is_closed(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.1)

    assert await answer_to(b"", address) == ([""], b"")


async def test_request_that_came_has_its_time(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.1)
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\n\r\n")
    await asyncio.sleep(0.3)
    writer.write(b"1")

    assert (await reader.readline()).startswith(b"HTTP/1.1 404")
    writer.close()
