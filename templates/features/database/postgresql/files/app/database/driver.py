"""PostgreSQL through asyncpg: reads each on their own, a transaction for what writes."""

import re
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any, ClassVar, TypeVar

import asyncpg
from fastapi import FastAPI
from sqlalchemy.engine import make_url

from app.component import Command
from app.database.administration import COMMANDS
from app.database.capacity import fitting
from app.database.meter import Meter
from app.database.pool import FAILURES, Pool
from app.database.statements import Statement
from app.errors import AppError, Conflict, Invalid, Unavailable
from app.monitoring.port import Reading
from app.schema import Row
from app.settings import Settings

DIALECT = make_url("postgresql+asyncpg://").get_dialect()()
_COLUMN = re.compile(r"Key \(\"?(.+?)\"?\)=")
T = TypeVar("T")


class _Translated:
    """Raises AppErrors for what the server refuses, and where it cannot be reached."""

    def __enter__(self) -> None:
        """Nothing."""

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, FAILURES):
            raise _app_error(error) from error


_TRANSLATED = _Translated()


class Reader:
    """A session whose statements each commit by themselves, on any connection."""

    def __init__(self, pool: Pool, meter: Meter) -> None:
        self._pool = pool
        self._meter = meter

    async def fetch(self, statement: Statement, values: Row) -> list[Row]:
        with _TRANSLATED:
            async with self._pool.connection() as connection:
                return await _fetch(connection, statement, values)

    async def execute(self, statement: Statement, values: Row) -> int:
        with _TRANSLATED:
            async with self._pool.connection() as connection:
                return await _execute(connection, statement, values)

    async def execute_many(self, statement: Statement, rows: list[Row]) -> None:
        with _TRANSLATED:
            async with self._pool.connection() as connection:
                await _execute_many(connection, statement, rows)


class PostgresqlTransaction:
    """A connection while one request has it."""

    def __init__(self, connection: Any, meter: Meter) -> None:
        self._connection = connection
        self._meter = meter
        self.changed: set[str] = set()

    async def fetch(self, statement: Statement, values: Row) -> list[Row]:
        return await self._measured(_fetch(self._connection, statement, values))

    async def execute(self, statement: Statement, values: Row) -> int:
        return await self._measured(_execute(self._connection, statement, values))

    async def execute_many(self, statement: Statement, rows: list[Row]) -> None:
        await self._measured(_execute_many(self._connection, statement, rows))

    async def _measured(self, work: Coroutine[Any, Any, T]) -> T:
        begun = perf_counter()
        try:
            with _TRANSLATED:
                return await work
        finally:
            self._meter.work(begun)


class PostgresqlDatabase:
    """The component: `reader` for reads, `transaction` for writes."""

    name: ClassVar[str] = "database"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings.database
        self._workers = settings.service.workers
        self._connections = 0
        self._meter = Meter()
        self.reader: Reader
        self._pool: Any = None

    def install(self, app: FastAPI) -> None:
        app.state.database = self
        app.state.readings += [
            *self._meter.readings(),
            Reading(
                name="database_connections",
                help="Connections that are open.",
                kind="gauge",
                read=lambda: self._pool.size() if self._pool else 0,
            ),
            Reading(
                name="database_connections_most",
                help="Connections that may be open.",
                kind="gauge",
                read=lambda: self._connections,
            ),
        ]

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        # The service starts without its database too, says so at /readyz, and works as soon as that
        # is there.
        self._connections = await fitting(self._settings, self._workers)
        async with Pool(self._settings, self._connections, self._meter).opened() as pool:
            self._pool = pool
            self.reader = Reader(pool, self._meter)
            yield

    async def ready(self) -> None:
        with _TRANSLATED:
            async with self._pool.connection() as connection:
                await connection.fetchval("SELECT 1")

    async def seed(self) -> None:
        """Nothing: rows are made by `python -m app seed` itself."""

    @classmethod
    def commands(cls) -> Mapping[str, Command]:
        return COMMANDS

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresqlTransaction]:
        """Commits at the end, rolls back when the body raises."""
        with _TRANSLATED:
            async with self._pool.transaction() as connection:
                yield PostgresqlTransaction(connection, self._meter)


async def _fetch(connection: Any, statement: Statement, values: Row) -> list[Row]:
    return statement.rows(await connection.fetch(statement.sql, *statement.arguments(values)))


async def _execute(connection: Any, statement: Statement, values: Row) -> int:
    tag: str = await connection.execute(statement.sql, *statement.arguments(values))
    return int(tag.rpartition(" ")[2])


async def _execute_many(connection: Any, statement: Statement, rows: list[Row]) -> None:
    await connection.executemany(statement.sql, [statement.arguments(row) for row in rows])


def _app_error(error: Exception) -> AppError:
    match error:
        case asyncpg.UniqueViolationError():
            key = _COLUMN.match(error.detail or "")
            column = key[1] if key else "value"
            return Conflict(f"Another row has this {column} already.", code="unique_conflict")
        case asyncpg.ForeignKeyViolationError():
            message = "A row referred to does not exist, or is in use."
            return Conflict(message, code="reference_conflict")
        case asyncpg.IntegrityConstraintViolationError() | asyncpg.DataError():
            return Invalid("A value is not allowed.")
        case _:
            return Unavailable(f"The database cannot do this now ({type(error).__name__}).")
