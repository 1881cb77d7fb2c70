"""A transaction that is done again where the server has ended it for a deadlock.

Of two transactions that wait for each other the server ends one. What that has done is then done
again, statement by statement, on what the other one leaves. Each must give what it gave before:
else the request has gone on with what is no longer so, and is told to try again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import uniform
from typing import Any, Protocol, TypeVar

from app.database.operations import Session
from app.database.statements import Statement
from app.errors import Unavailable
from app.schema import Row

MOST_TIMES = 3
LONGEST_PAUSE = 0.1
"""Seconds, without any lock: the other one goes on meanwhile, and they do not meet once more."""
T = TypeVar("T")
Call = Callable[[], Awaitable[T]]
_LOGGER = logging.getLogger("app.database")


class Deadlock(Unavailable):
    """The server has undone this transaction, as it and another one waited for each other."""

    def __init__(self) -> None:
        super().__init__("The database is busy with other writes of the same rows.")


class Repeatable(Session, Protocol):
    """A session whose transaction can be begun anew."""

    async def begin(self) -> None:
        """Begins a transaction."""

    async def roll_back(self) -> None:
        """Undoes what was done, and lets go of every lock."""


class RepeatableTransaction:
    """The statements of one request, in the transaction of `session`."""

    def __init__(self, session: Repeatable) -> None:
        self._session = session
        self._done: list[tuple[Call[Any], Any]] = []
        self._times = 0
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
            result = await self._do_again(call)
        self._done.append((call, result))
        return result

    async def _do_again(self, call: Call[T]) -> T:
        while self._times < MOST_TIMES:
            self._times += 1
            _LOGGER.warning("a transaction is done again: it has met a deadlock")
            with suppress(Deadlock):
                await self._begin_again()
                return await call()
        raise Deadlock

    async def _begin_again(self) -> None:
        await self._session.roll_back()
        await asyncio.sleep(uniform(0, LONGEST_PAUSE))
        await self._session.begin()
        for earlier, result in self._done:
            if await earlier() != result:
                raise Unavailable("What this was decided on has changed meanwhile; try again.")
