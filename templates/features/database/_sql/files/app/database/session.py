"""Sessions: reads on their own, and the one transaction of a request that writes."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Protocol

from fastapi import Depends, Request

from app.cache.port import Cache
from app.database.statements import Statement
from app.schema import Row


class Session(Protocol):
    """Runs statements."""

    async def fetch(self, statement: Statement, values: Row) -> list[Row]:
        """Every row."""

    async def execute(self, statement: Statement, values: Row) -> int:
        """How many rows were changed."""

    async def execute_many(self, statement: Statement, rows: list[Row]) -> None:
        """The statement once for each of `rows`."""


class Transaction(Session, Protocol):
    """A session whose statements happen together, or not at all."""

    changed: set[str]
    """Groups of the cache whose rows this transaction touches."""


class Database(Protocol):
    """What the database component is in `app.state.database`."""

    reader: Session

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Commits at the end, rolls back when the body raises."""


async def _reader(request: Request) -> Session:
    reader: Session = request.app.state.database.reader
    return reader


async def _transaction(request: Request) -> AsyncIterator[Transaction]:
    cache: Cache = request.app.state.cache
    changed: set[str] = set()
    try:
        async with request.app.state.database.transaction() as transaction:
            changed = transaction.changed
            yield transaction
    finally:
        for group in changed:
            await cache.forget(group)


SessionDep = Annotated[Session, Depends(_reader)]
"""For reads; each statement by itself."""

TransactionDep = Annotated[Transaction, Depends(_transaction, scope="function")]
"""For writes; committed after the endpoint and before its answer is sent."""
