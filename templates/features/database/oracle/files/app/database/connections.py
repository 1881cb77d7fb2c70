"""Connections to the server: lent, with deadlines, and given up where it has fallen silent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import date, datetime
from time import perf_counter
from typing import Any

import oracledb

from app.database.dialect import numbered
from app.database.failures import translated
from app.database.meter import Meter
from app.database.settings import DatabaseSettings
from app.database.statements import Statement
from app.schema import Row

STATEMENTS = 256
"""Parsed by the server and kept, for each connection."""
IDLE_SECONDS = 300
GRACE_SECONDS = 0.5
"""What the driver has to end a statement that is late, before the connection is cut off."""
SESSION = (
    "ALTER SESSION SET NLS_SORT = BINARY NLS_COMP = BINARY TIME_ZONE = '+00:00'"
    " NLS_NUMERIC_CHARACTERS = '.,'"
)
"""Text compares by code point, whatever the server's language."""


class Lent:
    """A session on one connection; no statement takes longer than `seconds`."""

    def __init__(self, connection: Any, seconds: float, meter: Meter) -> None:
        self._connection = connection
        self._seconds = seconds
        self._meter = meter
        self.changed: set[str] = set()
        self.is_lost = False
        """Nobody knows what the server still does on this connection."""

    async def fetch(self, statement: Statement, values: Row) -> list[Row]:
        async with self._cursor() as cursor:
            sql, arguments = numbered(statement.sql), statement.arguments(values)
            await cursor.execute(sql, arguments, fetch_lobs=False, fetch_decimals=True)
            return statement.rows(await cursor.fetchall())

    async def execute(self, statement: Statement, values: Row) -> int:
        async with self._cursor() as cursor:
            await cursor.execute(numbered(statement.sql), statement.arguments(values))
            return int(cursor.rowcount)

    async def execute_many(self, statement: Statement, rows: list[Row]) -> None:
        async with self._cursor() as cursor:
            arguments = [statement.arguments(row) for row in rows]
            await cursor.executemany(numbered(statement.sql), arguments)

    async def commit(self) -> None:
        async with self._measured():
            await self._connection.commit()

    async def roll_back(self) -> None:
        async with self._measured():
            await self._connection.rollback()

    @asynccontextmanager
    async def _cursor(self) -> AsyncIterator[Any]:
        async with self._measured():
            with self._connection.cursor() as cursor:
                yield cursor

    @asynccontextmanager
    async def _measured(self) -> AsyncIterator[None]:
        begun = perf_counter()
        try:
            with translated():
                async with asyncio.timeout(self._seconds + GRACE_SECONDS):
                    yield
        except BaseException as error:
            self.is_lost = self.is_lost or not isinstance(error.__cause__, oracledb.Error)
            raise
        finally:
            self._meter.work(begun)


class Connections:
    """The pool of this process."""

    def __init__(self, settings: DatabaseSettings, most: int, meter: Meter) -> None:
        self._settings = settings
        self._meter = meter
        # Waiting is done here: the pool would lose a connection to one who has given up.
        self._room = asyncio.Semaphore(most)
        self._pool = oracledb.create_pool_async(
            min=0,
            max=most,
            increment=1,
            timeout=IDLE_SECONDS,
            stmtcachesize=STATEMENTS,
            session_callback=self._prepare,
            **settings.arguments(),
        )

    @property
    def count(self) -> int:
        """Connections that are open."""
        return int(self._pool.opened)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Connections"]:
        """Ended at the end, also those in use."""
        try:
            yield self
        finally:
            with suppress(oracledb.Error, OSError, TimeoutError):
                async with asyncio.timeout(self._settings.database_wait_seconds):
                    await self._pool.close(force=True)

    def lend(self) -> AbstractAsyncContextManager[Lent]:
        """A connection, given back afterwards; each statement on it is final at once."""
        return self._lend(commits=True)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Lent]:
        """A connection in a transaction; rolled back when the body raises."""
        async with self._lend(commits=False) as session:
            try:
                yield session
            except Exception:
                if not session.is_lost:
                    await session.roll_back()
                raise
            except BaseException:
                session.is_lost = True  # a cancelled request's statement may still run
                raise
            await session.commit()

    @asynccontextmanager
    async def _lend(self, *, commits: bool) -> AsyncIterator[Lent]:
        asked = perf_counter()
        wait = self._settings.database_wait_seconds
        with translated():
            async with asyncio.timeout(wait):
                await self._room.acquire()
        try:
            with translated():
                async with asyncio.timeout(wait):
                    connection = await self._pool.acquire()
            self._meter.wait(asked)
            connection.autocommit = commits
            lent = Lent(connection, self._settings.database_timeout, self._meter)
            try:
                yield lent
            finally:
                await self._take_back(connection, lent)
        finally:
            self._room.release()

    async def _take_back(self, connection: Any, lent: Lent) -> None:
        """A connection of which nobody knows anything is closed, which undoes what it did."""
        with suppress(oracledb.Error, OSError, TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                await (self._pool.drop if lent.is_lost else self._pool.release)(connection)

    async def _prepare(self, connection: Any, tag: str | None) -> None:
        """Once for each new connection."""
        connection.call_timeout = round(self._settings.database_timeout * 1000)
        connection.inputtypehandler = as_column_type
        with connection.cursor() as cursor:
            await cursor.execute(SESSION)


def as_column_type(cursor: Any, value: Any, arraysize: int) -> Any:
    """The driver's own choice rounds floats, and cuts off parts of a second."""
    match value:
        case float():
            kind = oracledb.DB_TYPE_BINARY_DOUBLE
        case datetime():
            kind = oracledb.DB_TYPE_TIMESTAMP
        case date():
            kind = oracledb.DB_TYPE_DATE
        case _:
            return None
    return cursor.var(kind, arraysize=arraysize)
