"""A cache in the memory of each worker: bytes, bounded by their size, for a limited time."""

import time
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import ClassVar

from fastapi import FastAPI

from app.cache.counts import Counts
from app.cache.port import Load
from app.cache.reading import Generation, Look, Reader
from app.cache.shortcut import Shortcut
from app.component import Command
from app.environment import ConfigurationError
from app.monitoring.port import Reading
from app.settings import Settings

ENTRY_OVERHEAD = 300
"""What an entry costs beside key and value, roughly, in bytes."""


class MemoryCache:
    """A Cache; what was used longest ago goes first."""

    name: ClassVar[str] = "cache"

    def __init__(self, settings: Settings) -> None:
        if settings.service.workers > 1 and not settings.cache.cache_stale_workers_accepted:
            raise ConfigurationError(
                "WORKERS is above 1, and a memory cache is not shared between workers: answers "
                "could be stale. Set CACHE_STALE_WORKERS_ACCEPTED=true to accept that."
            )
        self._largest = settings.cache.cache_max_bytes
        self._lifetime = settings.cache.cache_ttl_seconds
        self._entries: OrderedDict[tuple[str, str], tuple[float, int, bytes]] = OrderedDict()
        self._generations: defaultdict[str, int] = defaultdict(int)
        self._reader = Reader(self)
        self.size = 0
        self.counts = Counts()

    def install(self, app: FastAPI) -> None:
        app.state.cache = self
        app.state.readings += [
            *self.counts.readings(),
            Reading(
                name="cache_bytes",
                help="What is kept, with its overhead.",
                kind="gauge",
                read=lambda: self.size,
            ),
        ]
        app.add_middleware(Shortcut, owner=app, store=self)

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        yield
        self._entries.clear()
        self.size = 0

    async def ready(self) -> None:
        """Always."""

    async def seed(self) -> None:
        """Nothing to add."""

    @classmethod
    def commands(cls) -> Mapping[str, Command]:
        return {}

    async def read(self, group: str, key: str, load: Load, looked: Look | None = None) -> bytes:
        return await self._reader.read(group, key, load, looked)

    async def look(self, group: str, key: str) -> Look:
        generation = self._generations[group]
        entry = self._entries.get((group, key))
        if entry is not None:
            expires, made_in, value = entry
            if made_in == generation and expires >= time.monotonic():
                self._entries.move_to_end((group, key))
                self.counts.hits += 1
                return Look(value, generation)
            self._drop((group, key))
        self.counts.misses += 1
        return Look(None, generation)

    async def keep(self, group: str, key: str, value: bytes, generation: Generation) -> None:
        cost = _cost(group, key, value)
        current = self._generations[group]
        if generation != current or cost > self._largest:
            return
        self._drop((group, key))
        self._entries[group, key] = (time.monotonic() + self._lifetime, current, value)
        self.size += cost
        while self.size > self._largest:
            self._drop(next(iter(self._entries)))

    async def forget(self, group: str) -> None:
        # Entries of the generation before are dropped when met, or pushed out by age.
        self._generations[group] += 1

    def _drop(self, name: tuple[str, str]) -> None:
        entry = self._entries.pop(name, None)
        if entry is not None:
            self.size -= _cost(*name, entry[2])


def _cost(group: str, key: str, value: bytes) -> int:
    return len(group) + len(key) + len(value) + ENTRY_OVERHEAD
