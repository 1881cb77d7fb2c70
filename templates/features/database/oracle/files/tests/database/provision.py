"""The database of the tests: the schema of TEST_DATABASE_URL's user, which is emptied."""

import asyncio
import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

import oracledb
import pytest
from sqlalchemy import Connection, inspect, text

from app.database.administration import migrate
from app.database.metadata import METADATA
from app.database.migration import with_connection
from app.database.settings import DatabaseSettings
from app.settings import Settings


@contextmanager
def new_database() -> Iterator[str]:
    """The URL of a migrated database. What needs it fails where there is none; the rest runs."""
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        pytest.fail(
            "needs a live Oracle Database: set TEST_DATABASE_URL to a schema that may be emptied",
            pytrace=False,
        )
    settings = DatabaseSettings(database_url=url)
    try:
        asyncio.run(_reach(settings))
    except (oracledb.Error, OSError, TimeoutError) as error:
        pytest.fail(f"no Oracle Database at {settings.location}: {error}", pytrace=False)
    with_connection(settings, _drop)
    migrate(Settings(database=settings), Namespace())
    yield url


def empty_database() -> None:
    """Removes every row of the database that DATABASE_URL names."""
    with_connection(DatabaseSettings(), _delete)


def unreachable() -> DatabaseSettings:
    """A server that is not there."""
    return DatabaseSettings(database_url="oracle://app:app@127.0.0.1:1/app")


async def _reach(settings: DatabaseSettings) -> None:
    async with asyncio.timeout(5):
        connection = await oracledb.connect_async(**settings.arguments())
        await connection.close()


def _drop(connection: Connection) -> None:
    quote = connection.dialect.identifier_preparer.quote
    for name in inspect(connection).get_table_names():
        if name != "alembic_lock":
            connection.execute(text(f"DROP TABLE {quote(name)} CASCADE CONSTRAINTS PURGE"))


def _delete(connection: Connection) -> None:
    for table in reversed(METADATA.sorted_tables):
        connection.execute(table.delete())
