"""Loads under way: those who want the same at the same time wait for one."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable


class Abandoned(Exception):
    """Whoever was loading was cancelled; somebody else must."""


class Flights:
    """One load at a time for each key; with `linger`, its result is given for these seconds more.

    So a key must name one value for ever: have the generation in it.
    """

    def __init__(self, *, linger: float = 0.0) -> None:
        self._flights: dict[Hashable, asyncio.Future[bytes]] = {}
        self._linger = linger

    async def join(self, key: Hashable, load: Callable[[], Awaitable[bytes]]) -> bytes:
        """What `load` gives, or somebody else's for the same key. Raises what that one raises."""
        while (flight := self._flights.get(key)) is not None:
            try:
                # Shielded: who stops waiting must not stop the others.
                return await asyncio.shield(flight)
            except Abandoned:
                continue
        return await self._fly(key, load)

    async def _fly(self, key: Hashable, load: Callable[[], Awaitable[bytes]]) -> bytes:
        loop = asyncio.get_running_loop()
        flight = self._flights[key] = loop.create_future()
        try:
            value = await load()
        except BaseException as error:
            del self._flights[key]
            flight.set_exception(error if isinstance(error, Exception) else Abandoned())
            flight.exception()  # nobody has to be waiting for it
            raise
        flight.set_result(value)
        if self._linger:
            loop.call_later(self._linger, self._flights.pop, key)
        else:
            del self._flights[key]
        return value
