"""Reading through a store: look, else load once and keep."""

from dataclasses import dataclass
from typing import Protocol

from app.cache.flights import Flights
from app.cache.port import Load

Generation = int | bytes
"""Changes with every `forget`; what was read under one is never given under another."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is kept, if anything; and the group's generation, if anything can be kept now."""

    value: bytes | None
    generation: Generation | None


class Store(Protocol):
    """Where bytes are kept, by group and key."""

    async def look(self, group: str, key: str) -> Look:
        """What is kept, together with the generation that a load begun now belongs to."""

    async def keep(self, group: str, key: str, value: bytes, generation: Generation) -> None:
        """Keeps a value that was loaded under this generation, for as long as that lasts."""


class Reader:
    """Reads through a store, for all who ask at the same time at once."""

    def __init__(self, store: Store, *, linger: float = 0.0) -> None:
        self._store = store
        self._flights = Flights(linger=linger)

    async def read(self, group: str, key: str, load: Load, looked: Look | None = None) -> bytes:
        """As a Cache does."""
        found = looked or await self._store.look(group, key)
        if found.value is not None:
            return found.value
        generation = found.generation
        if generation is None:
            return await load()

        async def load_and_keep() -> bytes:
            value = await load()
            await self._store.keep(group, key, value, generation)
            return value

        return await self._flights.join((group, key, generation), load_and_keep)
