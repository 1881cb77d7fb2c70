"""The cache in memory."""

import asyncio
import dataclasses
from typing import Any

import pytest

from app.cache.backend import ENTRY_OVERHEAD, MemoryCache
from app.cache.settings import CacheSettings
from app.environment import ConfigurationError, ServiceSettings
from app.settings import Settings


def cache(settings: Settings, **values: Any) -> MemoryCache:
    """A cache with these settings."""
    return MemoryCache(dataclasses.replace(settings, cache=CacheSettings(**values)))


async def test_value_is_kept(settings: Settings) -> None:
    kept = cache(settings)

    await kept.keep("things", "a", b"1", 0)

    assert (await kept.look("things", "a")).value == b"1"
    assert (await kept.look("others", "a")).value is None


async def test_forgotten_group_is_gone(settings: Settings) -> None:
    kept = cache(settings)
    await kept.keep("things", "a", b"1", 0)

    await kept.forget("things")

    assert (await kept.look("things", "a")).value is None


async def test_value_read_before_a_write_is_not_kept(settings: Settings) -> None:
    kept = cache(settings)
    before = (await kept.look("things", "a")).generation
    assert before is not None

    await kept.forget("things")
    await kept.keep("things", "a", b"old", before)

    assert (await kept.look("things", "a")).value is None


async def test_value_expires(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = cache(settings, cache_ttl_seconds=10)
    monkeypatch.setattr("time.monotonic", lambda: 100.0)
    await kept.keep("things", "a", b"1", 0)

    monkeypatch.setattr("time.monotonic", lambda: 111.0)

    assert (await kept.look("things", "a")).value is None


async def test_longest_unused_goes_first(settings: Settings) -> None:
    kept = cache(settings, cache_max_bytes=2 * (ENTRY_OVERHEAD + 20))
    await kept.keep("things", "a", b"1", 0)
    await kept.keep("things", "b", b"2", 0)
    await kept.look("things", "a")

    await kept.keep("things", "c", b"3", 0)

    assert (await kept.look("things", "a")).value == b"1"
    assert (await kept.look("things", "b")).value is None


async def test_size_never_exceeds_what_is_allowed(settings: Settings) -> None:
    largest = 10 * (ENTRY_OVERHEAD + 100)
    kept = cache(settings, cache_max_bytes=largest)

    sizes = []
    for number in range(200):
        await kept.keep("things", str(number % 60), b"1" * number, 0)
        sizes.append(kept.size)

    assert max(sizes) <= largest
    assert kept.size > largest / 2


async def test_value_larger_than_all_is_not_kept(settings: Settings) -> None:
    kept = cache(settings, cache_max_bytes=100)

    await kept.keep("things", "a", b"1" * 200, 0)

    assert (await kept.look("things", "a")).value is None


async def test_reader_that_began_before_a_write_leaves_nothing_behind(settings: Settings) -> None:
    kept = cache(settings)
    row = [b"old"]
    read, written = asyncio.Event(), asyncio.Event()

    async def load_slowly() -> bytes:
        value = row[0]
        read.set()
        await written.wait()
        return value

    async def load() -> bytes:
        return row[0]

    early = asyncio.create_task(kept.read("things", "a", load_slowly))
    await read.wait()
    row[0] = b"new"
    await kept.forget("things")
    during = await kept.read("things", "a", load)
    written.set()

    assert await early == b"old"  # it was asked before the write was answered
    assert during == b"new"
    assert (await kept.look("things", "a")).value == b"new"


def test_several_workers_are_refused(settings: Settings) -> None:
    several = dataclasses.replace(settings, service=ServiceSettings(workers=2))

    with pytest.raises(ConfigurationError, match="CACHE_STALE_WORKERS_ACCEPTED"):
        MemoryCache(several)


def test_several_workers_may_be_accepted(settings: Settings) -> None:
    accepted = dataclasses.replace(
        settings,
        service=ServiceSettings(workers=2),
        cache=CacheSettings(cache_stale_workers_accepted=True),
    )

    assert MemoryCache(accepted).name == "cache"
