"""SQLite through the standard library, in threads of its own: several readers, one writer."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from threading import local
from time import perf_counter
from typing import ClassVar, TypeVar

from fastapi import FastAPI
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from app.component import Command
from app.database.administration import COMMANDS
from app.database.meter import Meter
from app.database.settings import DatabaseSettings
from app.database.statements import Statement
from app.errors import AppError, Conflict, Invalid, Unavailable
from app.schema import Row
from app.settings import Settings

DIALECT = SQLiteDialect_pysqlite(paramstyle="qmark")
T = TypeVar("T")


class Threads:
    """Threads with a connection each; a session whose statements commit by themselves."""

    def __init__(self, settings: DatabaseSettings, count: int, meter: Meter) -> None:
        self._settings = settings
        self._meter = meter
        self._local = local()
        self._connections: list[sqlite3.Connection] = []
        self._executor = ThreadPoolExecutor(count, "sqlite")

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """`work` in a thread. Raises AppErrors for what SQLite refuses."""

        begun = perf_counter()

        def run() -> T:
            nonlocal begun
            begun = perf_counter()
            with _translated():
                return work(self._connection())

        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, run)
        finally:
            self._meter.work(begun)

    def close(self) -> None:
        self._executor.shutdown()
        for connection in self._connections:
            connection.close()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = _connect(self._settings)
            self._connections.append(connection)
        return connection

    async def fetch(self, statement: Statement, values: Row) -> list[Row]:
        def fetch(connection: sqlite3.Connection) -> list[Row]:
            cursor = connection.execute(statement.sql, statement.arguments(values))
            return [statement.row(row) for row in cursor]

        return await self.run(fetch)

    async def execute(self, statement: Statement, values: Row) -> int:
        def execute(connection: sqlite3.Connection) -> int:
            return connection.execute(statement.sql, statement.arguments(values)).rowcount

        return await self.run(execute)

    async def execute_many(self, statement: Statement, rows: list[Row]) -> None:
        def execute_many(connection: sqlite3.Connection) -> None:
            connection.executemany(statement.sql, [statement.arguments(row) for row in rows])

        await self.run(execute_many)


class SqliteTransaction:
    """The writer's thread while one request has it; begins with its first statement."""

    def __init__(self, writer: Threads) -> None:
        self._writer = writer
        self.changed: set[str] = set()

    async def fetch(self, statement: Statement, values: Row) -> list[Row]:
        def fetch(connection: sqlite3.Connection) -> list[Row]:
            _begin(connection)
            cursor = connection.execute(statement.sql, statement.arguments(values))
            return [statement.row(row) for row in cursor.fetchall()]

        return await self._writer.run(fetch)

    async def execute(self, statement: Statement, values: Row) -> int:
        def execute(connection: sqlite3.Connection) -> int:
            _begin(connection)
            return connection.execute(statement.sql, statement.arguments(values)).rowcount

        return await self._writer.run(execute)

    async def execute_many(self, statement: Statement, rows: list[Row]) -> None:
        def execute_many(connection: sqlite3.Connection) -> None:
            _begin(connection)
            connection.executemany(statement.sql, [statement.arguments(row) for row in rows])

        await self._writer.run(execute_many)


class SqliteDatabase:
    """The component: `reader` for reads, `transaction` for writes."""

    name: ClassVar[str] = "database"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings.database
        self._writing = asyncio.Lock()
        self._meter = Meter()
        self.reader: Threads
        self._writer: Threads

    def install(self, app: FastAPI) -> None:
        app.state.database = self
        app.state.readings += self._meter.readings()

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        self.reader = Threads(self._settings, self._settings.database_readers, self._meter)
        self._writer = Threads(self._settings, 1, self._meter)
        try:
            yield
        finally:
            self.reader.close()
            self._writer.close()

    async def ready(self) -> None:
        await self.reader.run(lambda connection: connection.execute("SELECT 1").fetchone())

    async def seed(self) -> None:
        """Nothing: rows are made by `python -m app seed` itself."""

    @classmethod
    def commands(cls) -> Mapping[str, Command]:
        return COMMANDS

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqliteTransaction]:
        """Commits at the end, rolls back when the body raises."""
        asked = perf_counter()
        async with self._writing:
            self._meter.wait(asked)
            try:
                yield SqliteTransaction(self._writer)
                await self._writer.run(lambda connection: _end(connection, "COMMIT"))
            except BaseException:
                # A cancelled request's statement may still run in the thread: this comes after it.
                rollback = self._writer.run(lambda connection: _end(connection, "ROLLBACK"))
                await asyncio.shield(rollback)
                raise


def _connect(settings: DatabaseSettings) -> sqlite3.Connection:
    settings.path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(
        settings.path,
        timeout=settings.database_timeout,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )
    connection.execute("PRAGMA journal_mode = WAL")
    # Survives a crash of the service; a power cut may cost the last commits, never the file.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _begin(connection: sqlite3.Connection) -> None:
    if not connection.in_transaction:
        connection.execute("BEGIN IMMEDIATE")


def _end(connection: sqlite3.Connection, statement: str) -> None:
    if connection.in_transaction:
        connection.execute(statement)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise _integrity_error(error) from error
    except (OverflowError, sqlite3.DataError) as error:
        raise Invalid("A value is out of range.") from error
    except (sqlite3.OperationalError, OSError) as error:
        raise Unavailable(f"The database cannot do this now: {error}.") from error


def _integrity_error(error: sqlite3.IntegrityError) -> AppError:
    match error.sqlite_errorname:
        case "SQLITE_CONSTRAINT_UNIQUE" | "SQLITE_CONSTRAINT_PRIMARYKEY":
            column = str(error).rpartition(".")[2]
            return Conflict(f"Another row has this {column} already.", code="unique_conflict")
        case "SQLITE_CONSTRAINT_FOREIGNKEY" | "SQLITE_CONSTRAINT_TRIGGER":
            message = "A row referred to does not exist, or is in use."
            return Conflict(message, code="reference_conflict")
        case _:
            return Invalid("A value is not allowed.")
