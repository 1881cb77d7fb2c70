"""What a session can be asked to do: any work with PyMongo."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase

T = TypeVar("T")
Database = AsyncDatabase[dict[str, Any]]
Work = Callable[[Database, AsyncClientSession | None], Awaitable[T]]
"""Work with the database; it hands the session to every call."""


class Session(Protocol):
    """Does work with the database."""

    async def read(self, work: Work[T]) -> T:
        """What `work` gives, which changes nothing. Raises AppErrors for what MongoDB refuses."""

    async def write(self, work: Work[T]) -> T:
        """The same of work that changes something, and that can be done again from its start: in a
        transaction that met another one it is.
        """


class Transaction(Session, Protocol):
    """A session whose work happens together, or not at all."""

    async def add(self, collection: str, document: dict[str, Any]) -> None:
        """Adds a document that no other can be in the way of.

        Where it is all that the transaction does it needs none, and costs less than half. To know
        that, it waits for what follows, or for the end.
        """

    changed: set[str]
    """Groups of the cache whose rows this transaction touches."""
