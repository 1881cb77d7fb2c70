"""The cache in memory."""

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

    await kept.put("things", "a", b"1", await kept.generation("things"))

    assert await kept.get("things", "a") == b"1"
    assert await kept.get("others", "a") is None


async def test_forgotten_group_is_gone(settings: Settings) -> None:
    kept = cache(settings)
    await kept.put("things", "a", b"1", 0)

    await kept.forget("things")

    assert await kept.get("things", "a") is None


async def test_value_read_before_a_write_is_not_kept(settings: Settings) -> None:
    kept = cache(settings)
    before = await kept.generation("things")

    await kept.forget("things")
    await kept.put("things", "a", b"old", before)

    assert await kept.get("things", "a") is None


async def test_value_expires(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = cache(settings, cache_ttl_seconds=10)
    monkeypatch.setattr("time.monotonic", lambda: 100.0)
    await kept.put("things", "a", b"1", 0)

    monkeypatch.setattr("time.monotonic", lambda: 111.0)

    assert await kept.get("things", "a") is None


async def test_longest_unused_goes_first(settings: Settings) -> None:
    kept = cache(settings, cache_max_bytes=2 * (ENTRY_OVERHEAD + 20))
    await kept.put("things", "a", b"1", 0)
    await kept.put("things", "b", b"2", 0)
    await kept.get("things", "a")

    await kept.put("things", "c", b"3", 0)

    assert await kept.get("things", "a") == b"1"
    assert await kept.get("things", "b") is None


async def test_value_larger_than_all_is_not_kept(settings: Settings) -> None:
    kept = cache(settings, cache_max_bytes=100)

    await kept.put("things", "a", b"1" * 200, 0)

    assert await kept.get("things", "a") is None


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
