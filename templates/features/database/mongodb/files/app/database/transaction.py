"""A transaction that is done again where it met another one.

Of two transactions that write the same document, MongoDB refuses the one that came second. What it
has written so far is then written again, call by call, on what the first one has left. Each call
must give what it gave before: else the request has gone on with what is no longer so, and is told
to try again. What was only read is of its moment, as at the level READ COMMITTED of other
databases: whoever decides on it says which version was read, or changes the row first.
"""

import asyncio
from contextlib import suppress
from random import uniform
from time import perf_counter
from typing import Any, TypeVar

from pymongo import WriteConcern
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from app.database.connection import translated
from app.database.meter import Meter
from app.database.operations import Database, Work
from app.errors import Unavailable

SHORTEST_PAUSE = 0.001
LONGEST_PAUSE = 0.1
AGAIN = "TransientTransactionError"
T = TypeVar("T")


class MongodbTransaction:
    """The calls of one request, in one session; begins with the first of them.

    A row that is added first waits for a second call: without any it is written alone.

    Seconds: `timeout` for a call, `patience` with other transactions.
    """

    def __init__(
        self,
        database: Database,
        session: AsyncClientSession,
        *,
        meter: Meter,
        timeout: float,
        patience: float,
    ) -> None:
        self._database = database
        self._session = session
        self._meter = meter
        self._timeout = timeout
        self._patience = patience
        self._written: list[tuple[Work[Any], Any]] = []
        self._waiting: Work[None] | None = None
        self._pause = SHORTEST_PAUSE
        self.changed: set[str] = set()

    async def read(self, work: Work[T]) -> T:
        """What `work` gives."""
        await self._begin()
        async with translated(self._timeout):
            return await self._until_alone(work)

    async def write(self, work: Work[T]) -> T:
        """What `work` gives, done until no other transaction is in its way."""
        await self._begin()
        async with translated(self._timeout):
            result = await self._until_alone(work)
        self._written.append((work, result))
        return result

    async def add(self, work: Work[None]) -> None:
        """The same, later, where this is the first call."""
        if self._session.in_transaction or self._waiting is not None:
            await self.write(work)
        else:
            self._waiting = work

    async def commit(self) -> None:
        """All of it becomes visible, or none."""
        if self._waiting is not None:
            await self._write_alone(self._waiting)
        if not self._session.in_transaction:
            return

        async def commit(database: Database, session: AsyncClientSession | None) -> None:
            await self._session.commit_transaction()

        async with translated(self._timeout):
            await self._until_alone(commit)

    async def abort(self) -> None:
        """Nothing of it remains; a server that does not hear of it forgets it by itself."""
        if self._session.in_transaction:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience):
                    await self._session.abort_transaction()

    async def _begin(self) -> None:
        """Before a call: there is a transaction, and in it what has waited for this."""
        if not self._session.in_transaction:
            await self._start()
        if self._waiting is not None:
            work, self._waiting = self._waiting, None
            await self.write(work)

    async def _start(self) -> None:
        """Nothing is sent yet."""
        await self._session.start_transaction(
            read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority", j=True)
        )

    async def _write_alone(self, work: Work[None]) -> None:
        """One document is written whole or not at all, and PyMongo asks again where it must."""
        begun = perf_counter()
        try:
            async with translated(self._timeout):
                await work(self._database, None)
        finally:
            self._meter.work(begun)

    async def _until_alone(self, work: Work[T]) -> T:
        begun = perf_counter()
        try:
            return await work(self._database, self._session)
        except OperationFailure as error:
            if not error.has_error_label(AGAIN):
                raise
        finally:
            self._meter.work(begun)
        deadline = begun + self._patience
        while perf_counter() < deadline:
            try:
                await self._again()
                return await work(self._database, self._session)
            except OperationFailure as error:
                if not error.has_error_label(AGAIN):
                    raise
        raise Unavailable("The database is busy with other writes of the same rows.")

    async def _again(self) -> None:
        """All that was written, from the start; a pause keeps two from meeting time and again."""
        await self.abort()
        await asyncio.sleep(uniform(0, self._pause))
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        await self._start()
        for work, result in self._written:
            if await work(self._database, self._session) != result:
                raise Unavailable("What this was decided on has changed meanwhile; try again.")
