"""How many requests are worked on at the same time; a few more may wait for a moment."""

import asyncio
from collections import deque


class Gate:
    """Lets `limit` in. Of the others `waiting` wait, each for `seconds` at most; first come, first
    served.

    Without it, what a busy service cannot do in time would queue without end, and every caller
    would wait for answers that nobody wants any more.
    """

    __slots__ = ("_free", "_places", "_seconds", "_waiting")

    def __init__(self, *, limit: int, waiting: int, seconds: float) -> None:
        self._free = limit
        self._waiting = waiting
        self._seconds = seconds
        self._places: deque[asyncio.Future[bool]] = deque()

    def enter(self) -> bool:
        """Whether there is room at once; then `leave` must follow."""
        if self._free == 0:
            return False
        self._free -= 1
        return True

    async def wait(self) -> bool:
        """Whether there was room in time; then `leave` must follow."""
        if len(self._places) >= self._waiting:
            return False
        loop = asyncio.get_running_loop()
        place = loop.create_future()
        self._places.append(place)
        timer = loop.call_later(self._seconds, _settle, place, False)
        try:
            is_in: bool = await place
            return is_in
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.result():
                self.leave()
            raise
        finally:
            timer.cancel()
            # All wait equally long: those that gave up are the first in the row.
            while self._places and self._places[0].done():
                self._places.popleft()

    def leave(self) -> None:
        """Makes room, for the one that has waited longest if any does."""
        while self._places:
            if _settle(self._places.popleft(), True):
                return
        self._free += 1


def _settle(place: "asyncio.Future[bool]", is_in: bool) -> bool:
    if place.done():
        return False
    place.set_result(is_in)
    return True
