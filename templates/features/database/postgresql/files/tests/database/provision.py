"""The database of the tests: TEST_DATABASE_URL, or DATABASE_URL's with `_test` to its name."""

import asyncio
import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import asyncpg
from sqlalchemy import Column, Connection, Text, func, select, text

from app.database.administration import migrate
from app.database.dialect import DIALECT
from app.database.metadata import METADATA
from app.database.migration import with_connection
from app.database.settings import DatabaseSettings
from app.database.statements import Statement
from app.settings import Settings
from tests.database.absence import end_without

RESULT: Column[str] = Column("result", Text())
SLEEP = Statement(select(func.pg_sleep(60)), DIALECT, returned=[RESULT])
"""Takes longer than any test would wait."""


@contextmanager
def new_database() -> Iterator[str]:
    """The URL of a migrated database; it is made if it is missing, and kept."""
    settings = _settings()
    try:
        asyncio.run(_make(settings))
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        end_without(f"PostgreSQL at {urlsplit(settings.dsn).netloc.rpartition('@')[2]}", error)
    with_connection(settings, _drop)
    migrate(Settings(database=settings), Namespace())
    yield settings.dsn


def empty_database() -> None:
    """Removes every row of the database that DATABASE_URL names."""
    with_connection(DatabaseSettings(), _truncate)


def unreachable() -> DatabaseSettings:
    """A server that is not there."""
    return DatabaseSettings(database_url="postgresql://app:app@127.0.0.1:1/app")


def _settings() -> DatabaseSettings:
    stated = os.environ.get("TEST_DATABASE_URL")
    if stated:
        return DatabaseSettings(database_url=stated)
    url = urlsplit(DatabaseSettings().dsn)
    return DatabaseSettings(database_url=url._replace(path=f"{url.path}_test").geturl())


async def _make(settings: DatabaseSettings) -> None:
    try:
        connection = await asyncpg.connect(settings.dsn, timeout=5)
    except asyncpg.InvalidCatalogNameError:
        name = urlsplit(settings.dsn).path.removeprefix("/")
        connection = await asyncpg.connect(settings.dsn, database="postgres", timeout=5)
        quoted = name.replace('"', '""')
        await connection.execute(f'CREATE DATABASE "{quoted}"')
    await connection.close()


def _drop(connection: Connection) -> None:
    connection.execute(text("DROP SCHEMA public CASCADE"))
    connection.execute(text("CREATE SCHEMA public"))


def _truncate(connection: Connection) -> None:
    quote = connection.dialect.identifier_preparer.format_table
    names = ", ".join(quote(table) for table in METADATA.tables.values())
    connection.execute(text(f"TRUNCATE {names}"))
