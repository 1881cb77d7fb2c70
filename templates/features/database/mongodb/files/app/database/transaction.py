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
from types import TracebackType
from typing import Any, Self, TypeVar

from pymongo import WriteConcern
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from app.database.collection import Document
from app.database.connection import Translated
from app.database.meter import Meter
from app.database.operations import Database, Work
from app.database.together import Together
from app.errors import Unavailable

SHORTEST_PAUSE = 0.001
LONGEST_PAUSE = 0.1
AGAIN = "TransientTransactionError"
T = TypeVar("T")


class MongodbTransaction:
    """The calls of one request, in one session; begins with the first of them, is committed at the
    end, and rolled back when the body raises.

    A document that is added first waits for a second call: without any it goes to the server with
    those of other requests.

    Seconds: `timeout` for a call, `patience` with other transactions.
    """

    def __init__(
        self,
        database: Database,
        *,
        together: Together,
        meter: Meter,
        timeout: float,
        patience: float,
    ) -> None:
        self._database = database
        self._session: AsyncClientSession | None = None
        self._together = together
        self._meter = meter
        self._timeout = timeout
        self._patience = patience
        self._written: list[tuple[Work[Any], Any]] = []
        self._waiting: tuple[str, Document] | None = None
        self._pause = SHORTEST_PAUSE
        self.changed: set[str] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        done = False
        try:
            if error is None:
                await self.commit()
                done = True
        finally:
            if not done:
                # A request that is given up must not leave its locks behind.
                await asyncio.shield(self.abort())
            if self._session is not None:
                await self._session.end_session()

    async def read(self, work: Work[T]) -> T:
        """What `work` gives."""
        await self._begin()
        async with Translated(self._timeout):
            return await self._until_alone(work)

    async def write(self, work: Work[T]) -> T:
        """What `work` gives, done until no other transaction is in its way."""
        await self._begin()
        async with Translated(self._timeout):
            result = await self._until_alone(work)
        self._written.append((work, result))
        return result

    async def add(self, collection: str, document: Document) -> None:
        """The same, later, where this is the first call."""
        if self._has_begun or self._waiting is not None:
            await self.write(_insertion(collection, document))
        else:
            self._waiting = collection, document

    async def commit(self) -> None:
        """All of it becomes visible, or none."""
        if self._waiting is not None:
            await self._together.add(*self._waiting)
        if not self._has_begun:
            return

        async def commit(database: Database, session: AsyncClientSession | None) -> None:
            assert session is not None
            await session.commit_transaction()

        async with Translated(self._timeout):
            await self._until_alone(commit)

    async def abort(self) -> None:
        """Nothing of it remains; a server that does not hear of it forgets it by itself."""
        if self._session is not None and self._session.in_transaction:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience):
                    await self._session.abort_transaction()

    async def _begin(self) -> None:
        """Before a call: there is a transaction, and in it what has waited for this."""
        if not self._has_begun:
            await self._start()
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            await self.write(_insertion(*waiting))

    @property
    def _has_begun(self) -> bool:
        return self._session is not None and self._session.in_transaction

    async def _start(self) -> None:
        """Nothing is sent yet."""
        if self._session is None:
            self._session = self._database.client.start_session()
        await self._session.start_transaction(
            read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority", j=True)
        )

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


def _insertion(collection: str, document: Document) -> Work[None]:
    async def insert(database: Database, session: AsyncClientSession | None) -> None:
        await database[collection].insert_one(document, session=session)

    return insert
