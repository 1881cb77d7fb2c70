"""Sessions: reads on their own, and the one transaction of a request that writes."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Protocol

from fastapi import Depends, Request

from app.cache.port import Cache
from app.database.operations import Session, Transaction

__all__ = ["Database", "Session", "SessionDep", "Transaction", "TransactionDep"]


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
