"""The database of the tests: TEST_DATABASE_URL, or DATABASE_URL's with `_test` to its name."""

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.database.administration import migrate, with_database
from app.database.metadata import COLLECTIONS
from app.database.operations import Database
from app.database.settings import DatabaseSettings
from app.environment import ConfigurationError
from app.settings import Settings


@contextmanager
def new_database() -> Iterator[str]:
    """The URL of a migrated database, emptied before."""
    settings = _settings()
    try:
        with_database(settings, _drop)
    except ConfigurationError as error:
        hint = "start one there, or set TEST_DATABASE_URL to a database that may be emptied"
        pytest.exit(f"the tests need MongoDB ({error}): {hint}", returncode=1)
    migrate(Settings(database=settings), Namespace())
    yield settings.url


def empty_database() -> None:
    """Removes every document of the database that DATABASE_URL names."""
    with_database(DatabaseSettings(), _empty)


def unreachable() -> DatabaseSettings:
    """A server that is not there."""
    url = "mongodb://app:app@127.0.0.1:1/app?directConnection=true"
    return DatabaseSettings(database_url=url, database_wait_seconds=0.2)


def _settings() -> DatabaseSettings:
    stated = os.environ.get("TEST_DATABASE_URL")
    if stated:
        return DatabaseSettings(database_url=stated)
    settings = DatabaseSettings()
    return settings.named(f"{settings.name}_test")


async def _drop(database: Database) -> None:
    for name in await database.list_collection_names():
        await database.drop_collection(name)


async def _empty(database: Database) -> None:
    for collection in COLLECTIONS:
        await database[collection.name].delete_many({})
