"""Nothing in the database takes for ever."""

import asyncio
import dataclasses
import socket
from collections.abc import Iterator
from contextlib import suppress
from time import perf_counter
from types import ModuleType

import pytest
from fastapi import FastAPI
from pymongo.asynchronous import pool, topology
from pymongo.asynchronous.client_session import AsyncClientSession

from app.database.driver import MongodbDatabase
from app.database.operations import Database
from app.database.waiting import WAIT
from app.errors import Unavailable
from app.settings import Settings
from tests.database.provision import unreachable
from tests.database.things import ROWS, add


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


async def test_silent_server_is_given_up(settings: Settings, silent: int) -> None:
    hurried = settings.database.model_copy(
        update={
            "database_url": f"mongodb://127.0.0.1:{silent}/app?directConnection=true",
            "database_timeout": 0.3,
            "database_wait_seconds": 0.3,
        }
    )
    database = MongodbDatabase(dataclasses.replace(settings, database=hurried))
    begun = perf_counter()
    async with database.lifespan():
        with pytest.raises(Unavailable):
            await database.ready()
        with pytest.raises(Unavailable):
            async with database.transaction() as transaction:
                await transaction.read(ping)

    assert perf_counter() - begun < 5


async def test_absent_server_is_not_waited_for_as_long_as_an_answer(settings: Settings) -> None:
    database = MongodbDatabase(dataclasses.replace(settings, database=unreachable()))
    begun = perf_counter()
    async with database.lifespan():
        for session in (database.reader, database.reader):
            with pytest.raises(Unavailable):
                await session.read(ping)

    assert perf_counter() - begun < settings.database.database_timeout / 2


async def test_call_without_an_end_is_given_up(settings: Settings) -> None:
    hurried = settings.database.model_copy(update={"database_timeout": 0.2})
    database = MongodbDatabase(dataclasses.replace(settings, database=hurried))

    async def wait(database: Database, session: AsyncClientSession | None) -> None:
        await asyncio.sleep(60)

    async with database.lifespan():
        with pytest.raises(Unavailable):
            await database.reader.read(wait)


async def test_cancelled_call_frees_its_connection(settings: Settings) -> None:
    one = settings.database.model_copy(update={"database_connections": 1})
    database = MongodbDatabase(dataclasses.replace(settings, database=one))
    async with database.lifespan():
        running = [asyncio.create_task(database.reader.read(ping)) for _ in range(20)]
        await asyncio.sleep(0)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

        await database.ready()


@pytest.mark.parametrize("module", [pool, topology])
async def test_who_gives_up_waiting_for_a_server_leaves_no_lock(module: ModuleType) -> None:
    """Of all moments in the one when the waiting is over, but another has the client's lock."""
    condition = asyncio.Condition()

    async def wait() -> None:
        async with condition:
            await getattr(module, WAIT)(condition, 0.01)

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    async with condition:
        await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.sleep(0)
    with suppress(asyncio.CancelledError):
        await waiting

    await asyncio.sleep(0.01)
    assert not condition.locked()


async def test_cancelled_transaction_leaves_no_lock(app: FastAPI, things: None) -> None:
    row = await add(app)
    writes = asyncio.Event()

    async def write() -> None:
        async with app.state.database.transaction() as transaction:
            await ROWS.change(transaction, row["id"], {"small": 1})
            writes.set()
            await asyncio.sleep(60)

    running = asyncio.create_task(write())
    await writes.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    async with app.state.database.transaction() as transaction:
        changed = await ROWS.change(transaction, row["id"], {"small": 2})
    assert changed["version"] == 2


async def ping(database: Database, session: AsyncClientSession | None) -> None:
    await database.command("ping", session=session)
