"""The cache in Redis: shared, void after a write, and dispensable."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from app.cache.backend import RedisCache
from app.cache.settings import CacheSettings
from app.component import Degraded
from app.errors import Unavailable
from app.main import create_app
from app.settings import Settings
from tests.cache.server import Server, running

MakeCache = Callable[..., Any]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running() as server:
        yield server


@pytest.fixture
async def start(settings: Settings, server: Server) -> AsyncIterator[MakeCache]:
    """Starts a cache as one worker has it; all of one server share what they keep."""
    # Only in tests has each of them a part of the server to itself.
    shared = settings.service.model_copy(update={"app_env": "development"})
    async with AsyncExitStack() as stack:

        async def make(**values: Any) -> RedisCache:
            given = {"cache_url": server.url, "cache_timeout": 0.2, **values}
            cache = RedisCache(
                dataclasses.replace(settings, service=shared, cache=CacheSettings(**given))
            )
            await stack.enter_async_context(cache.lifespan())
            return cache

        yield make


class Row:
    """Something that is read, and changes."""

    def __init__(self) -> None:
        self.value = b"1"
        self.loads = 0

    async def load(self) -> bytes:
        self.loads += 1
        value = self.value
        await asyncio.sleep(0.01)
        return value


async def eventually(claim: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not claim():
            await asyncio.sleep(0.01)


async def test_value_is_kept_for_all_workers(start: MakeCache) -> None:
    one, other, row = await start(), await start(), Row()

    assert await one.read("things", "a", row.load) == b"1"
    assert await other.read("things", "a", row.load) == b"1"
    assert (row.loads, other.counts.hits) == (1, 1)


async def test_write_is_seen_by_all_workers_at_once(start: MakeCache) -> None:
    one, other, row = await start(), await start(), Row()
    await one.read("things", "a", row.load)

    row.value = b"2"
    await other.forget("things")

    assert await one.read("things", "a", row.load) == b"2"
    assert await other.read("things", "a", row.load) == b"2"


async def test_other_groups_stay(start: MakeCache) -> None:
    cache, row = await start(), Row()
    await cache.read("things", "a", row.load)

    await cache.forget("others")
    await cache.read("things", "a", row.load)

    assert row.loads == 1


async def test_reader_that_began_before_a_write_leaves_nothing_behind(start: MakeCache) -> None:
    one, other, row = await start(), await start(), Row()
    early = asyncio.create_task(one.read("things", "a", row.load))
    await eventually(lambda: row.loads == 1)

    row.value = b"2"
    await other.forget("things")

    assert await early == b"1"  # it was asked before the write was answered
    assert await one.read("things", "a", row.load) == b"2"
    assert await other.read("things", "a", row.load) == b"2"


async def test_hundred_wait_for_one_load(start: MakeCache) -> None:
    cache, row = await start(), Row()

    found = await asyncio.gather(*(cache.read("things", "a", row.load) for _ in range(100)))

    assert set(found) == {b"1"}
    assert row.loads == 1


async def test_evicted_generation_makes_values_void(start: MakeCache, server: Server) -> None:
    cache, row = await start(), Row()
    await cache.read("things", "a", row.load)
    del server.values[b"".join(name for name in server.values if b":generation:" in name)]

    await cache.read("things", "a", row.load)

    assert row.loads == 2


async def test_without_redis_every_read_loads(start: MakeCache, server: Server) -> None:
    cache, row = await start(), Row()
    await cache.read("things", "a", row.load)
    await server.stop()

    assert await cache.read("things", "a", row.load) == b"1"
    asked = len(server.asked)
    await cache.read("things", "a", row.load)
    await cache.forget("things")

    assert row.loads == 3
    assert len(server.asked) == asked
    with pytest.raises(Degraded):
        await cache.ready()


async def test_it_starts_without_redis_and_finds_it_later(start: MakeCache, server: Server) -> None:
    await server.stop()
    cache, row = await start(), Row()
    await cache.read("things", "a", row.load)

    await server.start()
    await eventually(lambda: cache.link.is_up)
    await cache.ready()
    await cache.read("things", "a", row.load)
    await cache.read("things", "a", row.load)

    assert (row.loads, cache.counts.hits) == (2, 1)


async def test_redis_that_hangs_costs_one_timeout(start: MakeCache, server: Server) -> None:
    cache, row = await start(), Row()
    server.hangs = True

    await cache.read("things", "a", row.load)
    asked = len(server.asked)
    await asyncio.gather(*(cache.read("things", str(key), row.load) for key in range(50)))

    assert row.loads == 51
    assert b"MGET" not in server.asked[asked:]


async def test_write_while_redis_is_away_is_made_up_for(start: MakeCache, server: Server) -> None:
    """For what Redis still holds when the network between, not Redis, was broken."""
    one, other, row = await start(), await start(), Row()
    await one.read("things", "a", row.load)
    server.hangs = True
    row.value = b"2"
    await one.forget("things")

    server.hangs = False
    await eventually(lambda: one.link.is_up)

    assert await one.read("things", "a", row.load) == b"2"
    await eventually(lambda: other.link.is_up)
    assert await other.read("things", "a", row.load) == b"2"


async def test_forgetting_outlives_the_request(start: MakeCache, server: Server) -> None:
    cache, row = await start(), Row()
    await cache.read("things", "a", row.load)

    write = asyncio.create_task(cache.forget("things"))
    await asyncio.sleep(0)
    write.cancel()
    await eventually(lambda: b"DEL" in server.asked)
    await cache.read("things", "a", row.load)

    assert row.loads == 2


async def test_required_redis_makes_the_service_unready(start: MakeCache, server: Server) -> None:
    cache = await start(cache_required=True)
    await cache.ready()
    await server.stop()

    with pytest.raises(Unavailable):
        await cache.ready()


async def test_readyz_says_degraded(settings: Settings, server: Server, empty: None) -> None:
    cache = CacheSettings(cache_url=server.url)
    app = create_app(dataclasses.replace(settings, cache=cache))
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://test") as client,
    ):
        before = await client.get("/readyz")
        await server.stop()
        after = await client.get("/readyz")

    assert (before.status_code, before.json()["status"]) == (200, "ready")
    assert (after.status_code, after.json()["status"]) == (200, "degraded")
    assert after.json()["components"]["cache"].startswith("degraded: ")


async def test_monitoring_is_told(settings: Settings, server: Server, empty: None) -> None:
    app = create_app(dataclasses.replace(settings, cache=CacheSettings(cache_url=server.url)))
    numbers = {reading.name: reading.read for reading in app.state.readings}
    row = Row()
    async with app.router.lifespan_context(app):
        up = numbers["cache_workers_up"]()
        for _ in range(3):
            await app.state.cache.read("things", "a", row.load)
        await server.stop()
        await app.state.cache.read("things", "a", row.load)
        down = numbers["cache_workers_up"]()

    assert (up, down) == (1, 0)
    assert (numbers["cache_hits"](), numbers["cache_misses"]()) == (2, 2)
    assert numbers["cache_failures"]() > 0


@pytest.mark.parametrize("url", ["http://127.0.0.1", "127.0.0.1:6379"], ids=["http", "no scheme"])
def test_url_must_be_of_redis(url: str) -> None:
    with pytest.raises(ValueError, match="redis://HOST"):
        CacheSettings(cache_url=url)


def test_password_of_the_url_counts() -> None:
    settings = CacheSettings(cache_url="redis://:s%40me@127.0.0.1/0", cache_password="other")

    assert settings.cache_password.get_secret_value() == "s@me"
