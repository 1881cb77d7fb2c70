"""MongoDB through PyMongo: reads each on their own, a transaction for what writes."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from time import perf_counter
from typing import ClassVar, TypeVar

from fastapi import FastAPI

from app.component import Command
from app.database.administration import COMMANDS
from app.database.connection import Client, Connections, Translated, connect, database_of
from app.database.meter import Meter
from app.database.operations import Database, Work
from app.database.together import Together
from app.database.transaction import MongodbTransaction
from app.monitoring.port import Reading
from app.settings import Settings

T = TypeVar("T")


class Reader:
    """A session whose calls each stand for themselves, on any connection."""

    def __init__(self, database: Database, *, meter: Meter, timeout: float) -> None:
        self._database = database
        self._meter = meter
        self._timeout = timeout

    async def read(self, work: Work[T]) -> T:
        begun = perf_counter()
        try:
            async with Translated(self._timeout):
                return await work(self._database, None)
        finally:
            self._meter.work(begun)

    async def write(self, work: Work[T]) -> T:
        return await self.read(work)


class MongodbDatabase:
    """The component: `reader` for reads, `transaction` for writes."""

    name: ClassVar[str] = "database"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings.database
        self._connections = max(1, self._settings.database_connections // settings.service.workers)
        self._meter = Meter()
        self._pool = Connections(self._meter)
        self._client: Client
        self._database: Database
        self._together: Together
        self.reader: Reader

    def install(self, app: FastAPI) -> None:
        app.state.database = self
        app.state.readings += [
            *self._meter.readings(),
            Reading(
                name="database_connections",
                help="Connections that are open.",
                kind="gauge",
                read=lambda: self._pool.open,
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
        self._client = connect(
            self._settings, maxPoolSize=self._connections, event_listeners=[self._pool]
        )
        self._database = database_of(self._client, self._settings)
        timeout = self._settings.database_timeout
        self.reader = Reader(self._database, meter=self._meter, timeout=timeout)
        self._together = Together(self._database, meter=self._meter, timeout=timeout)
        try:
            yield
        finally:
            await self._client.close()

    async def ready(self) -> None:
        async with Translated(self._settings.database_timeout):
            await self._client.admin.command("ping")

    async def seed(self) -> None:
        """Nothing: rows are made by `python -m app seed` itself."""

    @classmethod
    def commands(cls) -> Mapping[str, Command]:
        return COMMANDS

    def transaction(self) -> MongodbTransaction:
        """Commits at the end, rolls back when the body raises."""
        return MongodbTransaction(
            self._database,
            together=self._together,
            meter=self._meter,
            timeout=self._settings.database_timeout,
            patience=self._settings.database_wait_seconds,
        )
