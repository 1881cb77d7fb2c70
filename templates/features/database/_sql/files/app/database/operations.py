"""What a session can be asked to do: to run statements."""

from typing import Protocol

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
