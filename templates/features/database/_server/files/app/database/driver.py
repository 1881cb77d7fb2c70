"""The server behind the component: reads each on their own, a transaction for what writes."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import ClassVar

from fastapi import FastAPI
from sqlalchemy import Column, Integer, literal_column, select

from app.component import Command
from app.database.administration import COMMANDS
from app.database.capacity import fitting
from app.database.connections import Connections
from app.database.dialect import DIALECT
from app.database.meter import Meter
from app.database.operations import Transaction
from app.database.statements import Statement
from app.monitoring.port import Reading
from app.schema import Row
from app.settings import Settings

ONE: Column[int] = Column("one", Integer())
ASK = Statement(select(literal_column("1")), DIALECT, returned=[ONE])


class Reader:
    """A session whose statements each commit by themselves, on any connection."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def fetch(self, statement: Statement, values: Row) -> list[Row]:
        async with self._connections.lend() as session:
            return await session.fetch(statement, values)

    async def execute(self, statement: Statement, values: Row) -> int:
        async with self._connections.lend() as session:
            return await session.execute(statement, values)

    async def execute_many(self, statement: Statement, rows: list[Row]) -> None:
        async with self._connections.lend() as session:
            await session.execute_many(statement, rows)


class ServerDatabase:
    """The component: `reader` for reads, `transaction` for writes."""

    name: ClassVar[str] = "database"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings.database
        self._workers = settings.service.workers
        self._most = 0
        self._meter = Meter()
        self.reader: Reader
        self._connections: Connections | None = None

    def install(self, app: FastAPI) -> None:
        app.state.database = self
        app.state.readings += [
            *self._meter.readings(),
            Reading(
                name="database_connections",
                help="Connections that are open.",
                kind="gauge",
                read=lambda: self._connections.count if self._connections else 0,
            ),
            Reading(
                name="database_connections_most",
                help="Connections that may be open.",
                kind="gauge",
                read=lambda: self._most,
            ),
        ]

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        # The service starts without its database too, says so at /readyz, and works as soon as that
        # is there.
        self._most = await fitting(self._settings, self._workers)
        async with Connections(self._settings, self._most, self._meter).opened() as connections:
            self._connections = connections
            self.reader = Reader(connections)
            yield

    async def ready(self) -> None:
        await self.reader.fetch(ASK, {})

    async def seed(self) -> None:
        """Nothing: rows are made by `python -m app seed` itself."""

    @classmethod
    def commands(cls) -> Mapping[str, Command]:
        return COMMANDS

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Commits at the end, rolls back when the body raises."""
        assert self._connections
        return self._connections.transaction()
