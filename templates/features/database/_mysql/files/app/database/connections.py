"""Connections to the server: lent, with deadlines, and what its errors mean."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import perf_counter

from asyncmy.connection import Connection
from asyncmy.cursors import Cursor
from asyncmy.errors import Error, IntegrityError, MySQLError
from asyncmy.pool import Pool
from sqlalchemy import UniqueConstraint

from app.database.again import Deadlock, RepeatableTransaction
from app.database.metadata import METADATA
from app.database.meter import Meter
from app.database.settings import DatabaseSettings
from app.database.statements import Statement
from app.errors import AppError, Conflict, Invalid, Unavailable
from app.schema import Row

RECYCLED_AFTER_SECONDS = 300
DUPLICATE = 1062
DEADLOCK = 1213
REFERENCES = (1216, 1217, 1451, 1452)
NOT_ALLOWED = (1048, 1264, 1265, 1292, 1366, 1406, 1690, 3819, 4025)
"""Null, out of range, truncated, no such value, too long, against a check."""


class Lent:
    """A session on one connection; no statement takes longer than `seconds`."""

    def __init__(self, connection: Connection, seconds: float, meter: Meter) -> None:
        self._connection = connection
        self._seconds = seconds
        self._meter = meter

    async def fetch(self, statement: Statement, values: Row) -> list[Row]:
        async with self._cursor() as cursor:
            await cursor.execute(statement.sql, statement.arguments(values))
            return statement.rows(await cursor.fetchall())

    async def execute(self, statement: Statement, values: Row) -> int:
        async with self._cursor() as cursor:
            return int(await cursor.execute(statement.sql, statement.arguments(values)))

    async def execute_many(self, statement: Statement, rows: list[Row]) -> None:
        async with self._cursor() as cursor:
            await cursor.executemany(statement.sql, [statement.arguments(row) for row in rows])

    async def begin(self) -> None:
        async with self._cursor():
            await self._connection.begin()

    async def commit(self) -> None:
        async with self._cursor():
            await self._connection.commit()

    async def roll_back(self) -> None:
        """Undoes what was done. A connection that does not obey is closed, to the same end."""
        try:
            async with self._cursor():
                await self._connection.rollback()
        except Unavailable:
            self._connection.close()

    @asynccontextmanager
    async def _cursor(self) -> AsyncIterator[Cursor]:
        begun = perf_counter()
        try:
            with translated():
                async with asyncio.timeout(self._seconds):
                    # Not closed: what it reads is read to the end.
                    yield self._connection.cursor()
        finally:
            self._meter.work(begun)


class Connections:
    """The pool of this process."""

    def __init__(self, settings: DatabaseSettings, most: int, meter: Meter) -> None:
        self._settings = settings
        self._meter = meter
        self._pool = Pool(
            minsize=0, maxsize=most, pool_recycle=RECYCLED_AFTER_SECONDS, **settings.arguments()
        )

    @property
    def count(self) -> int:
        """Connections that are open."""
        return int(self._pool.size)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Connections"]:
        """Ended at the end, also those in use."""
        try:
            yield self
        finally:
            self._pool.terminate()
            await self._pool.wait_closed()

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[Lent]:
        """A connection, given back afterwards; closed if a transaction is still open on it."""
        asked = perf_counter()
        with translated():
            async with asyncio.timeout(self._settings.database_wait_seconds):
                connection = await self._pool.acquire()
        self._meter.wait(asked)
        try:
            yield Lent(connection, self._settings.database_timeout, self._meter)
        finally:
            await self._pool.release(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[RepeatableTransaction]:
        """A connection in a transaction; rolled back when the body raises."""
        async with self.lend() as session:
            await session.begin()
            try:
                yield RepeatableTransaction(session)
            except Exception:
                await session.roll_back()
                raise
            await session.commit()


@contextmanager
def translated() -> Iterator[None]:
    """Raises AppErrors for what the server refuses."""
    try:
        yield
    except (MySQLError, OSError, TimeoutError) as error:
        raise _app_error(error) from error


def _app_error(error: Exception) -> AppError:
    number, message = (*error.args, 0, "")[:2] if isinstance(error, Error) else (0, "")
    if number == DUPLICATE:
        field = _field(str(message))
        return Conflict(f"Another row has this {field} already.", code="unique_conflict")
    if number in REFERENCES:
        message = "A row referred to does not exist, or is in use."
        return Conflict(message, code="reference_conflict")
    if number in NOT_ALLOWED or isinstance(error, IntegrityError):
        return Invalid("A value is not allowed.")
    if number == DEADLOCK:
        return Deadlock()
    reason = f"error {number}" if number else type(error).__name__
    return Unavailable(f"The database cannot do this now ({reason}).")


def _field(message: str) -> str:
    """The field of `Duplicate entry '…' for key 'table.key'`."""
    key = message.rpartition(" for key ")[2].strip("'").rpartition(".")[2]
    if key == "PRIMARY":
        return "id"
    for table in METADATA.tables.values():
        for constraint in table.constraints:
            if isinstance(constraint, UniqueConstraint) and constraint.name == key:
                return ", ".join(column.key for column in constraint.columns)
    return "value"
