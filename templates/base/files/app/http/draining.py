"""Leaving without losing a request: what happens between SIGTERM and the closed door.

For `drain_seconds` the service goes on as before, but /readyz says 503, so that a load balancer
sends its requests elsewhere, and every answer closes its connection, so that no client begins a
request on one that is about to go. Then the server stops listening and finishes what is under way.
"""

import asyncio
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from typing import Any

_LOGGER = logging.getLogger("app")


class Draining:
    """Whether the service is about to stop."""

    __slots__ = ("_seconds", "active")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.active = False

    @contextmanager
    def on_sigterm(self) -> Iterator[None]:
        """SIGTERM drains first, and then does what it would have done; a second one is at once."""
        if self._seconds == 0 or current_thread() is not main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        # Not `loop.add_signal_handler`: the server's own handler is to be called afterwards.
        stop = signal.getsignal(signal.SIGTERM)
        signal.signal(
            signal.SIGTERM, lambda number, frame: loop.call_soon_threadsafe(self._begin, loop, stop)
        )
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, stop)

    def _begin(self, loop: asyncio.AbstractEventLoop, stop: Any) -> None:
        if self.active:
            _raise_to(stop)
            return
        self.active = True
        _LOGGER.info("draining for %s s", self._seconds)
        loop.call_later(self._seconds, _raise_to, stop)


def _raise_to(handler: Any) -> None:
    signal.signal(signal.SIGTERM, handler)
    signal.raise_signal(signal.SIGTERM)
