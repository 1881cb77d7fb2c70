"""The database of the tests: a file that is removed afterwards."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from app.database.administration import migrate
from app.database.metadata import METADATA
from app.database.migration import with_connection
from app.database.settings import DatabaseSettings
from app.settings import Settings


@contextmanager
def new_database() -> Iterator[str]:
    """The URL of a migrated database."""
    with TemporaryDirectory() as directory:
        url = f"sqlite:///{Path(directory) / 'test.db'}"
        migrate(Settings(database=DatabaseSettings(database_url=url)), Namespace())
        yield url


def empty_database() -> None:
    """Removes every row of the database that DATABASE_URL names."""
    with_connection(DatabaseSettings(), _delete)


def unreachable() -> DatabaseSettings:
    """A database that cannot be opened."""
    return DatabaseSettings(database_url="sqlite:////proc/no/such.db")


def _delete(connection: Connection) -> None:
    for table in METADATA.tables.values():
        connection.execute(table.delete())
