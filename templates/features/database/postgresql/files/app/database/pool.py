"""The connections to the server, each lent to one piece of work.

What is given back is kept at hand for the next: giving it to asyncpg's pool and asking for it again
costs as much as a statement. That pool opens the connections, and closes those that nobody needs.

Work that is given up, at its deadline or because nobody waits for it, is ended without it: asking
the server to stop takes as long again where the server has fallen silent.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Any

import asyncpg

from app.database.codecs import SERVER_SETTINGS, use_text
from app.database.failures import FAILURES
from app.database.meter import Meter
from app.database.settings import DatabaseSettings

KEPT_SECONDS = 60.0
"""A connection that is kept at hand goes back to asyncpg's pool this often."""
_LOGGER = logging.getLogger("app.database")


class Connection(asyncpg.Connection):
    """A connection that is given back as it is: nothing here leaves settings or locks behind."""

    def get_reset_query(self) -> str:
        return ""


class Pool:
    """Opens connections as they are needed, `connections` at most."""

    def __init__(self, settings: DatabaseSettings, connections: int, meter: Meter) -> None:
        self._meter = meter
        self._seconds = settings.database_timeout
        self._wait_seconds = settings.database_wait_seconds
        self._endings: set[asyncio.Task[None]] = set()
        self._kept: list[Any] = []
        self._waiting = 0
        self._pool = asyncpg.create_pool(
            settings.dsn,
            min_size=0,
            max_size=connections,
            max_inactive_connection_lifetime=300.0,
            command_timeout=self._seconds,
            timeout=self._seconds,
            statement_cache_size=512,
            connection_class=Connection,
            server_settings=SERVER_SETTINGS,
            init=use_text,
        )

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Pool"]:
        """Closed at the end, whether the server answers or not."""
        async with self._pool:
            returning = asyncio.create_task(self._return_now_and_then())
            try:
                yield self
            finally:
                returning.cancel()
                await self._close()

    def size(self) -> int:
        """Connections that are open."""
        return self._pool.get_size()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """One, in a transaction; rolled back when the body raises. Raises one of FAILURES."""
        connection = await self.lend()
        try:
            await connection.execute("BEGIN")
            yield connection
            await connection.execute("COMMIT")
        except BaseException as error:
            if _is_given_up(error):
                self._end_later(connection, "ROLLBACK")
            else:
                await self._end(connection, "ROLLBACK")
            raise
        await self.take_back(connection)

    async def lend(self) -> Any:
        """One, until `take_back`. Raises one of FAILURES."""
        asked = perf_counter()
        connection = await self._kept_or_acquired()
        self._meter.wait(asked)
        return connection

    async def take_back(self, connection: Any, error: BaseException | None = None) -> None:
        """The end of `lend`; `error` is what the work has ended with."""
        if error is not None and _is_given_up(error):
            self._end_later(connection, "SELECT 1")
        elif error is not None or self._waiting:
            await self._pool.release(connection)
        else:
            self._kept.append(connection)

    async def _kept_or_acquired(self) -> Any:
        while self._kept:
            connection = self._kept.pop()
            if _is_open(connection):
                return connection
            await self._pool.release(connection)
        # Whoever waits gets the next one that is taken back, as that goes to the pool then.
        self._waiting += 1
        try:
            return await self._pool.acquire(timeout=self._wait_seconds)
        finally:
            self._waiting -= 1

    async def _return_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(KEPT_SECONDS)
            await self._return_kept()

    async def _return_kept(self) -> None:
        while self._kept:
            await self._pool.release(self._kept.pop())

    def _end_later(self, connection: Any, last: str) -> None:
        task = asyncio.create_task(self._end(connection, last))
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)

    async def _end(self, connection: Any, last: str) -> None:
        """Gives it back after a `last` statement, once what it was at has stopped."""
        try:
            async with asyncio.timeout(self._seconds):
                await connection.execute(last)
        except FAILURES as error:
            _LOGGER.warning("a connection was cut off (%s)", type(error).__name__)
            with suppress(asyncpg.InterfaceError):  # it was given back already, as it was closed
                connection.terminate()  # this rolls back, too, and makes room in the pool
        else:
            await self._pool.release(connection)

    async def _close(self) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await self._return_kept()
                await self._pool.close()
        except TimeoutError:
            _LOGGER.warning("the database does not answer: its connections were cut off")


def _is_open(connection: Any) -> bool:
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:  # asyncpg has taken it away from here, as the server closed it
        return False


def _is_given_up(error: BaseException) -> bool:
    """Whether the server may still be at work on the statement that has ended so."""
    return isinstance(error, asyncio.CancelledError | TimeoutError) or isinstance(
        error.__cause__, TimeoutError
    )
