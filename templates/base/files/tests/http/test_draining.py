"""The time between SIGTERM and the closed door."""

import asyncio
import signal
from types import FrameType

from fastapi import FastAPI
from httpx import AsyncClient

from app.http.draining import Draining


async def test_draining_service_says_goodbye_with_every_answer(
    app: FastAPI, anyone: AsyncClient
) -> None:
    app.state.draining.active = True

    alive = await anyone.get("/livez")
    ready = await anyone.get("/readyz")

    assert (alive.status_code, ready.status_code) == (200, 503)
    assert alive.headers["Connection"] == ready.headers["Connection"] == "close"
    assert ready.json()["code"] == "stopping"


async def test_working_service_keeps_connections(anyone: AsyncClient) -> None:
    assert "Connection" not in (await anyone.get("/livez")).headers


async def test_sigterm_drains_before_the_server_hears_of_it() -> None:
    stopped = asyncio.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    before = signal.signal(signal.SIGTERM, stop)
    draining = Draining(0.2)
    try:
        with draining.on_sigterm():
            signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(0.05)
            was_stopped_at_once = stopped.is_set()
            was_draining = draining.active
            async with asyncio.timeout(10):
                await stopped.wait()
    finally:
        signal.signal(signal.SIGTERM, before)

    assert (was_stopped_at_once, was_draining) == (False, True)


async def test_second_sigterm_does_not_wait() -> None:
    stopped = asyncio.Event()
    before = signal.signal(signal.SIGTERM, lambda number, frame: stopped.set())
    try:
        with Draining(300).on_sigterm():
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGTERM)
            async with asyncio.timeout(10):
                await stopped.wait()
    finally:
        signal.signal(signal.SIGTERM, before)
