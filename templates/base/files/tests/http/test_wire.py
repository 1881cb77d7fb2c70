"""What is no HTTP at all."""

import asyncio
import json

import pytest
from fastapi import FastAPI
from uvicorn.config import Config
from uvicorn.server import ServerState

from app.http.wire import Protocol


@pytest.mark.parametrize(
    "sent",
    [b"\x00\x01\x02\r\n\r\n", b"FROBNICATE / HTTP/1.1\r\n\r\n", b"GET /\xff HTTP/9.9\r\n\r\n"],
    ids=["bytes", "method", "version"],
)
async def test_it_is_told_so_in_a_problem_document(sent: bytes) -> None:
    config = Config(FastAPI(), log_config=None)
    server = await asyncio.get_running_loop().create_server(
        lambda: Protocol(config, ServerState(), {}), "127.0.0.1", 0
    )
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(sent)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()

    lines = head.decode().lower().split("\r\n")
    assert lines[0] == "http/1.1 400 bad request"
    assert "content-type: application/problem+json" in lines
    assert f"content-length: {len(body)}" in lines
    assert json.loads(body)["code"] == "bad_request"
