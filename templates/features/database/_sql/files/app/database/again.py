"""A transaction that is done again, once, where the server has ended it for a deadlock.

Of two transactions that wait for each other the server ends one. What that has done is then done
again, statement by statement, on what the other one leaves. Each must give what it gave before:
else the request has gone on with what is no longer so, and is told to try again.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from app.database.operations import Session
from app.database.statements import Statement
from app.errors import Unavailable
from app.schema import Row

T = TypeVar("T")
Call = Callable[[], Awaitable[T]]
_LOGGER = logging.getLogger("app.database")


class Deadlock(Unavailable):
    """The server has undone this transaction, as it and another one waited for each other."""


class RepeatableTransaction:
    """The statements of one request on `session`; `restart` begins an empty transaction on it."""

    def __init__(self, session: Session, restart: Call[None]) -> None:
        self._session = session
        self._restart = restart
        self._done: list[tuple[Call[Any], Any]] = []
        self._is_second = False
        self.changed: set[str] = set()

    async def fetch(self, statement: Statement, values: Row) -> list[Row]:
        return await self._do(lambda: self._session.fetch(statement, values))

    async def execute(self, statement: Statement, values: Row) -> int:
        return await self._do(lambda: self._session.execute(statement, values))

    async def execute_many(self, statement: Statement, rows: list[Row]) -> None:
        await self._do(lambda: self._session.execute_many(statement, rows))

    async def _do(self, call: Call[T]) -> T:
        try:
            result = await call()
        except Deadlock:
            if self._is_second:
                raise
            result = await self._again(call)
        self._done.append((call, result))
        return result

    async def _again(self, call: Call[T]) -> T:
        self._is_second = True
        _LOGGER.warning("a transaction is done again: it has met a deadlock")
        await self._restart()
        for earlier, result in self._done:
            if await earlier() != result:
                raise Unavailable("What this was decided on has changed meanwhile; try again.")
        return await call()
