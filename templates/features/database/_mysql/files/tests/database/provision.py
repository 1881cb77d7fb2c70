"""The database of the tests: TEST_DATABASE_URL, or DATABASE_URL's with `_test` to its name."""

import asyncio
import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

import asyncmy
from asyncmy.errors import MySQLError
from sqlalchemy import Column, Connection, Integer, func, inspect, select, text

from app.database.administration import migrate
from app.database.dialect import DIALECT
from app.database.metadata import METADATA
from app.database.migration import with_connection
from app.database.server import SCHEME
from app.database.settings import DatabaseSettings
from app.database.statements import Statement
from app.settings import Settings
from tests.database.absence import end_without

RESULT: Column[int] = Column("result", Integer())
SLEEP = Statement(select(func.sleep(60)), DIALECT, returned=[RESULT])
"""Takes longer than any test would wait."""


@contextmanager
def new_database() -> Iterator[str]:
    """The URL of a migrated database; it is made if it is missing, and kept."""
    settings = _settings()
    try:
        asyncio.run(_make(settings))
    except (OSError, TimeoutError, MySQLError) as error:
        end_without(f"a server at {settings.location}", error)
    with_connection(settings, _drop)
    migrate(Settings(database=settings), Namespace())
    yield settings.database_url


def empty_database() -> None:
    """Removes every row of the database that DATABASE_URL names."""
    with_connection(DatabaseSettings(), _delete)


def unreachable() -> DatabaseSettings:
    """A server that is not there."""
    return DatabaseSettings(database_url=f"{SCHEME}://app:app@127.0.0.1:1/app")


def _settings() -> DatabaseSettings:
    stated = os.environ.get("TEST_DATABASE_URL")
    if stated:
        return DatabaseSettings(database_url=stated)
    settings = DatabaseSettings()
    return settings.named(f"{settings.name}_test")


async def _make(settings: DatabaseSettings) -> None:
    arguments = {**settings.arguments(), "database": None, "connect_timeout": 5}
    quoted = settings.name.replace("`", "``")
    async with asyncmy.connect(**arguments) as connection, connection.cursor() as cursor:
        await cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{quoted}`")


def _drop(connection: Connection) -> None:
    quote = connection.dialect.identifier_preparer.quote
    connection.execute(text("SET SESSION foreign_key_checks = 0"))
    for name in inspect(connection).get_table_names():
        connection.execute(text(f"DROP TABLE {quote(name)}"))


def _delete(connection: Connection) -> None:
    connection.execute(text("SET SESSION foreign_key_checks = 0"))
    for table in METADATA.tables.values():
        connection.execute(table.delete())
