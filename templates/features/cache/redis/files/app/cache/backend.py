"""A cache in Redis, shared by all workers and replicas; without Redis the database answers."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from hashlib import blake2b
from typing import Any, ClassVar
from uuid import uuid4

from fastapi import FastAPI
from redis.asyncio import Redis

from app.cache.counts import Counts
from app.cache.link import Link
from app.cache.port import Load
from app.cache.reading import Generation, Look, Reader
from app.cache.shortcut import Shortcut
from app.component import Command, Degraded
from app.errors import Unavailable
from app.monitoring.port import Reading
from app.project import name_and_version
from app.settings import Settings

GENERATION_SECONDS = 86_400
LINGER_SECONDS = 0.1
"""Who looked just before an answer was kept is given it nevertheless."""
_NOTHING = Look(None, None)


class RedisCache:
    """A Cache. A group's generation is a random token; what was kept under another is void.

    So the eviction of any key, and a Redis that comes back empty, only make answers be read again.
    """

    name: ClassVar[str] = "cache"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings.cache
        self._lifetime = max(1, round(settings.cache.cache_ttl_seconds * 1000))
        self._prefix = ":".join(name_and_version())
        if settings.service.app_env == "test":
            # Tests empty the database behind the service's back.
            self._prefix += f":{uuid4().hex}"
        self.link = Link(settings.cache, self._settle)
        self._reader = Reader(self, linger=LINGER_SECONDS)
        self._owed: dict[str, object] = {}
        self._forgetting: set[asyncio.Task[None]] = set()
        self.counts = Counts()

    def install(self, app: FastAPI) -> None:
        app.state.cache = self
        app.state.readings += [
            *self.counts.readings(),
            Reading(
                name="cache_failures",
                help="Questions and attempts to connect that failed.",
                kind="counter",
                read=lambda: self.link.failures,
            ),
            Reading(
                name="cache_workers_up",
                help="Workers that reach Redis.",
                kind="gauge",
                read=lambda: self.link.is_up,
            ),
        ]
        app.add_middleware(Shortcut, owner=app, store=self)

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        async with self.link.open():
            yield
            if self._forgetting:
                await asyncio.wait(self._forgetting)

    async def ready(self) -> None:
        await self.link.ask(_ping)
        if self.link.is_up:
            return
        if self._settings.cache_required:
            raise Unavailable(self.link.reason)
        raise Degraded(self.link.reason)

    async def seed(self) -> None:
        """Nothing to add."""

    @classmethod
    def commands(cls) -> Mapping[str, Command]:
        return {}

    async def read(self, group: str, key: str, load: Load, looked: Look | None = None) -> bytes:
        return await self._reader.read(group, key, load, looked)

    async def look(self, group: str, key: str) -> Look:
        names = (self._generation_name(group), self._value_name(group, key))
        found: list[Any] | None = await self.link.ask(lambda redis: redis.mget(names))
        if found is None:
            self.counts.misses += 1
            return _NOTHING
        generation, value = found
        if generation is None:
            self.counts.misses += 1
            return Look(None, await self.link.ask(lambda redis: self._begin(redis, group)))
        if value is not None and value.startswith(generation):
            self.counts.hits += 1
            return Look(value[len(generation) :], generation)
        self.counts.misses += 1
        return Look(None, generation)

    async def keep(self, group: str, key: str, value: bytes, generation: Generation) -> None:
        assert isinstance(generation, bytes)
        # Should the group be forgotten meanwhile, this is stored in vain: its generation is void.
        name, stored = self._value_name(group, key), generation + value
        await self.link.ask(lambda redis: redis.set(name, stored, px=self._lifetime))

    async def forget(self, group: str) -> None:
        # What cannot be forgotten now is owed, and done before anything is read from Redis again:
        # also when the request that wrote is cancelled meanwhile.
        self._owed[group] = write = object()
        task = asyncio.create_task(self._forget(group, write))
        self._forgetting.add(task)
        task.add_done_callback(self._forgetting.discard)
        await asyncio.shield(task)

    async def _forget(self, group: str, write: object) -> None:
        # Not a new token: to delete is safe to repeat, and Redis does it with a full memory, too.
        name = self._generation_name(group)
        if await self.link.ask(lambda redis: redis.delete(name)) is not None:
            self._paid(group, write)

    async def _settle(self, redis: Redis) -> None:
        """Forgets what is owed; nothing is when this returns."""
        while self._owed:
            group, write = next(iter(self._owed.items()))
            await redis.delete(self._generation_name(group))
            self._paid(group, write)

    def _paid(self, group: str, write: object) -> None:
        # Unless another write came after the one that was seen to.
        if self._owed.get(group) is write:
            del self._owed[group]

    async def _begin(self, redis: Redis, group: str) -> bytes | None:
        """The generation of a group that has none yet: ours, or that of who was faster."""
        name = self._generation_name(group)
        token = _token()
        if await redis.set(name, token, ex=GENERATION_SECONDS, nx=True):
            return token
        found: Any = await redis.get(name)
        return found if isinstance(found, bytes) else None

    def _generation_name(self, group: str) -> str:
        return f"{self._prefix}:generation:{group}"

    def _value_name(self, group: str, key: str) -> str:
        digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        return f"{self._prefix}:value:{group}:{digest}"


def _token() -> bytes:
    return uuid4().bytes


async def _ping(redis: Redis) -> Any:
    return await redis.ping()
