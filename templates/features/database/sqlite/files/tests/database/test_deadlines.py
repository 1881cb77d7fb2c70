"""Nothing in the database takes for ever."""

import asyncio
import dataclasses
import sqlite3
from collections.abc import AsyncIterator

import pytest

from app.database.driver import SqliteDatabase
from app.errors import Unavailable
from app.settings import Settings

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


@pytest.fixture
async def hasty(settings: Settings) -> AsyncIterator[SqliteDatabase]:
    """A database with one reading thread and little patience."""
    hurried = settings.database.model_copy(
        update={"database_timeout": 0.2, "database_wait_seconds": 0.1, "database_readers": 1}
    )
    database = SqliteDatabase(dataclasses.replace(settings, database=hurried))
    async with database.lifespan():
        yield database


def count_for_ever(connection: sqlite3.Connection) -> object:
    return connection.execute(ENDLESS).fetchone()


async def test_long_statement_is_given_up(hasty: SqliteDatabase) -> None:
    with pytest.raises(Unavailable):
        await hasty.reader.run(count_for_ever)

    await hasty.ready()


async def test_statement_that_waited_too_long_is_not_begun(hasty: SqliteDatabase) -> None:
    waiting = [hasty.reader.run(count_for_ever) for _ in range(3)]

    ended = await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(error) for error in ended] == [Unavailable] * 3


async def test_cancelled_statement_stops(settings: Settings) -> None:
    patient = settings.database.model_copy(
        update={"database_timeout": 600.0, "database_readers": 1}
    )
    database = SqliteDatabase(dataclasses.replace(settings, database=patient))
    async with database.lifespan():
        running = asyncio.create_task(database.reader.run(count_for_ever))
        await asyncio.sleep(0.05)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

        await database.ready()


async def test_turn_to_write_is_not_waited_for_for_ever(hasty: SqliteDatabase) -> None:
    async with hasty.transaction():
        with pytest.raises(Unavailable):
            async with hasty.transaction():
                pass

    async with hasty.transaction():
        pass
