"""The database of the tests: the schema of TEST_DATABASE_URL's user, which is emptied."""

import asyncio
import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

import oracledb
from sqlalchemy import Column, Connection, Integer, func, inspect, select, text

from app.database.administration import migrate
from app.database.dialect import DIALECT
from app.database.metadata import METADATA
from app.database.migration import with_connection
from app.database.settings import DatabaseSettings
from app.database.statements import Statement
from app.settings import Settings
from tests.database.absence import end_without

RESULT: Column[int] = Column("result", Integer())
EVERYTHING = text("all_objects a, all_objects b, all_objects c")
SLEEP = Statement(select(func.count()).select_from(EVERYTHING), DIALECT, returned=[RESULT])
"""Takes longer than any test would wait: a SELECT cannot sleep here."""


@contextmanager
def new_database() -> Iterator[str]:
    """The URL of a migrated database, emptied before."""
    settings = _settings()
    try:
        asyncio.run(_reach(settings))
    except (oracledb.Error, OSError, TimeoutError) as error:
        end_without(f"an Oracle Database at {settings.location}", error)
    with_connection(settings, _drop)
    migrate(Settings(database=settings), Namespace())
    yield settings.database_url


def empty_database() -> None:
    """Removes every row of the database that DATABASE_URL names."""
    with_connection(DatabaseSettings(), _delete)


def unreachable() -> DatabaseSettings:
    """A server that is not there."""
    return DatabaseSettings(database_url="oracle://app:app@127.0.0.1:1/app")


def _settings() -> DatabaseSettings:
    """Only where TEST_DATABASE_URL allows it: DATABASE_URL's user has no second schema."""
    stated = os.environ.get("TEST_DATABASE_URL")
    if not stated:
        end_without("an Oracle Database", "TEST_DATABASE_URL is not set")
    return DatabaseSettings(database_url=stated)


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
