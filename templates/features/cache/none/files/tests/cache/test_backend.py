"""No cache."""

from app.cache.backend import NoCache
from app.settings import Settings


async def test_nothing_is_kept(settings: Settings) -> None:
    cache = NoCache(settings)

    await cache.put("things", "a", b"1", await cache.generation("things"))
    await cache.forget("things")

    assert await cache.get("things", "a") is None
