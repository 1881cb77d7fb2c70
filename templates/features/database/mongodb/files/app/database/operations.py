"""What a session can be asked to do: any work with PyMongo."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase

T = TypeVar("T")
Database = AsyncDatabase[dict[str, Any]]
Work = Callable[[Database, AsyncClientSession | None], Awaitable[T]]
"""Work with the database. It hands the session to every call, and can be done again: in a
transaction that met another one it is."""


class Session(Protocol):
    """Does work with the database."""

    async def run(self, work: Work[T]) -> T:
        """What `work` gives. Raises AppErrors for what MongoDB refuses."""


class Transaction(Session, Protocol):
    """A session whose work happens together, or not at all."""

    changed: set[str]
    """Groups of the cache whose rows this transaction touches."""
