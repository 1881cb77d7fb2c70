"""Connections to the server: lent, with what their statements take and what its errors mean."""

from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any, TypeVar

from app.database.again import RepeatableTransaction
from app.database.copying import lines
from app.database.failures import FAILURES, app_error
from app.database.meter import Meter
from app.database.pool import Pool
from app.database.settings import DatabaseSettings
from app.database.statements import Statement
from app.schema import Row

T = TypeVar("T")


class Lent:
    """A session on one connection."""

    __slots__ = ("_connection", "_meter")

    def __init__(self, connection: Any, meter: Meter) -> None:
        self._connection = connection
        self._meter = meter

    async def fetch(self, statement: Statement, values: Row) -> list[Row]:
        found = self._connection.fetch(statement.sql, *statement.arguments(values))
        return statement.rows(await self._measured(found))

    async def execute(self, statement: Statement, values: Row) -> int:
        done = self._connection.execute(statement.sql, *statement.arguments(values))
        tag: str = await self._measured(done)
        return int(tag.rpartition(" ")[2])

    async def execute_many(self, statement: Statement, rows: list[Row]) -> None:
        arguments = [statement.arguments(row) for row in rows]
        if statement.filled is None:
            await self._measured(self._connection.executemany(statement.sql, arguments))
            return
        table, columns = statement.filled
        copied = self._connection.copy_to_table(table, source=lines(arguments), columns=columns)
        await self._measured(copied)

    async def begin(self) -> None:
        await self._measured(self._connection.execute("BEGIN"))

    async def roll_back(self) -> None:
        await self._measured(self._connection.execute("ROLLBACK"))

    async def _measured(self, work: Coroutine[Any, Any, T]) -> T:
        begun = perf_counter()
        try:
            return await work
        except FAILURES as error:
            raise app_error(error) from error
        finally:
            self._meter.work(begun)


class Connections:
    """The pool of this process."""

    def __init__(self, settings: DatabaseSettings, most: int, meter: Meter) -> None:
        self._meter = meter
        self._pool = Pool(settings, most, meter)

    @property
    def count(self) -> int:
        """Connections that are open."""
        return self._pool.size()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Connections"]:
        """Ended at the end, whether the server answers or not."""
        async with self._pool.opened():
            yield self

    def lend(self) -> "Loan":
        """A connection, given back afterwards; each statement on it is final at once."""
        return Loan(self._pool, self._meter)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[RepeatableTransaction]:
        """A connection in a transaction; rolled back when the body raises."""
        try:
            async with self._pool.transaction() as connection:
                yield RepeatableTransaction(Lent(connection, self._meter))
        except FAILURES as error:
            raise app_error(error) from error


class Loan:
    """A connection for the time of a `with`. A class, since every read pays for it."""

    __slots__ = ("_connection", "_meter", "_pool")

    def __init__(self, pool: Pool, meter: Meter) -> None:
        self._pool, self._meter = pool, meter

    async def __aenter__(self) -> Lent:
        try:
            self._connection = await self._pool.lend()
        except FAILURES as error:
            raise app_error(error) from error
        return Lent(self._connection, self._meter)

    async def __aexit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        try:
            await self._pool.take_back(self._connection, error)
        except FAILURES as failure:
            raise app_error(failure) from failure
