"""Nothing in the database takes for ever."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator

import pytest

from app.database.driver import ServerDatabase
from app.errors import Unavailable
from app.settings import Settings
from tests.database.provision import SLEEP


@pytest.fixture
async def hasty(settings: Settings) -> AsyncIterator[ServerDatabase]:
    """A database with one connection and little patience."""
    hurried = settings.database.model_copy(
        update={"database_timeout": 0.3, "database_wait_seconds": 0.5, "database_connections": 1}
    )
    database = ServerDatabase(dataclasses.replace(settings, database=hurried))
    async with database.lifespan():
        yield database


async def test_long_statement_is_given_up(hasty: ServerDatabase) -> None:
    with pytest.raises(Unavailable):
        await hasty.reader.fetch(SLEEP, {})

    await hasty.ready()


async def test_connection_is_not_waited_for_for_ever(hasty: ServerDatabase) -> None:
    async with hasty.transaction():
        with pytest.raises(Unavailable):
            await hasty.reader.fetch(SLEEP, {})

    await hasty.ready()


async def test_cancelled_statement_stops(settings: Settings) -> None:
    one = settings.database.model_copy(update={"database_connections": 1})
    database = ServerDatabase(dataclasses.replace(settings, database=one))
    async with database.lifespan():
        running = asyncio.create_task(database.reader.fetch(SLEEP, {}))
        await asyncio.sleep(0.2)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

        await database.ready()
