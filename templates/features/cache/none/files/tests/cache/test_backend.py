"""No cache."""

from app.cache.backend import NoCache
from app.settings import Settings


async def test_every_read_loads(settings: Settings) -> None:
    cache = NoCache(settings)
    values = [b"2", b"1"]

    async def load() -> bytes:
        return values.pop()

    assert await cache.read("things", "a", load) == b"1"
    await cache.forget("things")
    assert await cache.read("things", "a", load) == b"2"
