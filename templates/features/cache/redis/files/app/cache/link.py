"""The connection to Redis, and whether it is worth asking: a dead Redis costs nobody a timeout."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.cache.settings import CacheSettings

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
"""Seconds between attempts to reach a Redis that is away."""
_LOGGER = logging.getLogger("app.cache")

T = TypeVar("T")
Ask = Callable[[Redis], Awaitable[T]]


class Link:
    """Goes down with the first question that fails; a task of its own, no request, brings it up.

    `before_up` runs each time before anybody else may ask; while it fails the link stays down.
    """

    def __init__(self, settings: CacheSettings, before_up: Ask[None]) -> None:
        self._client = Redis.from_pool(_pool(settings))
        self._before_up = before_up
        self._revival: asyncio.Task[None] | None = None
        self._stopped = False
        self.is_up = False
        self.failures = 0
        self.reason = "not connected yet"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """While the service runs. It starts without Redis, too."""
        if not await self._reach():
            self._revive()
        try:
            yield
        finally:
            self._stopped = True
            self.is_up = False
            if self._revival is not None:
                self._revival.cancel()
            await self._client.aclose()

    async def ask(self, question: Ask[T]) -> T | None:
        """The answer; None when there is none now, which is known at once while it is down."""
        if not self.is_up:
            return None
        try:
            return await question(self._client)
        except (RedisError, OSError, TimeoutError) as error:
            self._fail(error)
            return None

    def _fail(self, error: Exception) -> None:
        self.failures += 1
        self.reason = type(error).__name__
        if self.is_up:
            self.is_up = False
            _LOGGER.warning("the cache is away (%s): %s", self.reason, error)
            self._revive()

    def _revive(self) -> None:
        if not self._stopped and (self._revival is None or self._revival.done()):
            self._revival = asyncio.create_task(self._until_up())

    async def _until_up(self) -> None:
        pause = FIRST_PAUSE
        while True:
            # Not all workers at the same moment.
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            if await self._reach():
                _LOGGER.info("the cache is back")
                return
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _reach(self) -> bool:
        try:
            await self._client.ping()
            await self._before_up(self._client)
        except (RedisError, OSError, TimeoutError) as error:
            self._fail(error)
            return False
        self.is_up = True
        return True


def _pool(settings: CacheSettings) -> BlockingConnectionPool:
    return BlockingConnectionPool.from_url(
        settings.cache_url,
        password=settings.cache_password.get_secret_value() or None,
        protocol=2,  # all that is needed here; a connection then costs one question less
        max_connections=settings.cache_connections,
        timeout=settings.cache_timeout,
        socket_timeout=settings.cache_timeout,
        socket_connect_timeout=settings.cache_timeout,
        # To ask again is our part. And who repeats "begin this generation" could revive it.
        retry=Retry(NoBackoff(), 0),
    )
