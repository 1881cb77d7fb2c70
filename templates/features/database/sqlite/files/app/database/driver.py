"""SQLite through the standard library, in threads of its own: several readers, one writer."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from math import inf
from threading import local
from time import perf_counter
from typing import ClassVar, TypeVar

from fastapi import FastAPI

from app.component import Command
from app.database.administration import COMMANDS
from app.database.connection import Deadline, connect, translated
from app.database.meter import Meter
from app.database.settings import DatabaseSettings
from app.database.statements import Statement
from app.errors import Unavailable
from app.schema import Row
from app.settings import Settings

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
        """`work` in a thread. Raises AppErrors for what SQLite refuses, and when time is up: for
        what waits for a thread, and, through SQLite's progress handler, for what runs.
        """
        deadline = Deadline(self._settings.database_timeout)
        begun = perf_counter()

        def run() -> T:
            nonlocal begun
            begun = perf_counter()
            if deadline.has_passed():
                raise Unavailable("The database is too busy.")
            self._local.deadline = deadline
            with translated():
                return work(self._connection())

        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, run)
        except asyncio.CancelledError:
            deadline.at = 0.0
            raise
        finally:
            self._meter.work(begun)

    async def end(self, statement: str) -> None:
        """Ends the transaction of the thread, if there is one. This is never given up."""

        def end() -> None:
            self._local.deadline = Deadline(inf)
            with translated():
                connection = self._connection()
                if connection.in_transaction:
                    connection.execute(statement)

        begun = perf_counter()
        await asyncio.get_running_loop().run_in_executor(self._executor, end)
        self._meter.work(begun)

    def close(self) -> None:
        self._executor.shutdown()
        for connection in self._connections:
            connection.close()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self._settings, self._is_time_up)
            self._connections.append(connection)
        return connection

    def _is_time_up(self) -> bool:
        deadline: Deadline = self._local.deadline
        return deadline.has_passed()

    async def fetch(self, statement: Statement, values: Row) -> list[Row]:
        def fetch(connection: sqlite3.Connection) -> list[Row]:
            cursor = connection.execute(statement.sql, statement.arguments(values))
            return statement.rows(cursor)

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
            return statement.rows(cursor.fetchall())

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
        await self._turn_to_write()
        self._meter.wait(asked)
        try:
            yield SqliteTransaction(self._writer)
            await self._writer.end("COMMIT")
        except BaseException:
            # A cancelled request's statement may still run in the thread: this comes after it.
            await asyncio.shield(self._writer.end("ROLLBACK"))
            raise
        finally:
            self._writing.release()

    async def _turn_to_write(self) -> None:
        if not self._writing.locked():
            await self._writing.acquire()
            return
        try:
            async with asyncio.timeout(self._settings.database_wait_seconds):
                await self._writing.acquire()
        except TimeoutError as error:
            raise Unavailable("The database is busy with other writes.") from error


def _begin(connection: sqlite3.Connection) -> None:
    if not connection.in_transaction:
        connection.execute("BEGIN IMMEDIATE")
