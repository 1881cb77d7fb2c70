"""The connections to the server, each lent to one piece of work.

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
from app.database.meter import Meter
from app.database.settings import DatabaseSettings

FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
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
            try:
                yield self
            finally:
                await self._close()

    def size(self) -> int:
        """Connections that are open."""
        return self._pool.get_size()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """One, each of whose statements commits by itself. Raises one of FAILURES."""
        connection = await self._lend()
        try:
            yield connection
        except BaseException as error:
            if _is_given_up(error):
                self._end_later(connection, "SELECT 1")
            else:
                await self._pool.release(connection)
            raise
        await self._pool.release(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """One, in a transaction; rolled back when the body raises. Raises one of FAILURES."""
        connection = await self._lend()
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
        await self._pool.release(connection)

    async def _lend(self) -> Any:
        asked = perf_counter()
        connection = await self._pool.acquire(timeout=self._wait_seconds)
        self._meter.wait(asked)
        return connection

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
                await self._pool.close()
        except TimeoutError:
            _LOGGER.warning("the database does not answer: its connections were cut off")


def _is_given_up(error: BaseException) -> bool:
    """Whether the server may still be at work on the statement that has ended so."""
    return isinstance(error, asyncio.CancelledError | TimeoutError) or isinstance(
        error.__cause__, TimeoutError
    )
