"""Connections are kept at hand, and nobody is kept from one."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Column, Integer, func, select

from app.database.dialect import DIALECT
from app.database.driver import ServerDatabase
from app.database.statements import Statement
from app.errors import Unavailable
from app.settings import Settings

NUMBER: Column[int] = Column("number", Integer())
PROCESS = Statement(select(func.pg_backend_pid()), DIALECT, returned=[NUMBER])
END_ITSELF = Statement(
    select(func.pg_terminate_backend(func.pg_backend_pid())), DIALECT, returned=[NUMBER]
)


@pytest.fixture
async def single(settings: Settings) -> AsyncIterator[ServerDatabase]:
    """A database with one connection."""
    one = settings.database.model_copy(update={"database_connections": 1})
    database = ServerDatabase(dataclasses.replace(settings, database=one))
    async with database.lifespan():
        yield database


async def process(session: Any) -> int:
    """The server's process behind the session."""
    return int((await session.fetch(PROCESS, {}))[0]["number"])


async def test_connection_is_used_again(single: ServerDatabase) -> None:
    first = await process(single.reader)
    async with single.transaction() as transaction:
        second = await process(transaction)

    assert first == second == await process(single.reader)


async def test_connection_that_the_server_closed_is_replaced(single: ServerDatabase) -> None:
    first = await process(single.reader)
    with pytest.raises(Unavailable):
        await single.reader.fetch(END_ITSELF, {})

    assert await process(single.reader) != first


async def test_connection_that_is_closed_while_it_is_kept_is_replaced(
    single: ServerDatabase, settings: Settings
) -> None:
    other = ServerDatabase(settings)
    first = await process(single.reader)
    end_first = Statement(select(func.pg_terminate_backend(first)), DIALECT, returned=[NUMBER])
    async with other.lifespan():
        await other.reader.fetch(end_first, {})
    await asyncio.sleep(0.1)

    assert await process(single.reader) != first


async def test_those_who_wait_get_it_in_turn(single: ServerDatabase) -> None:
    processes = await asyncio.gather(*(process(single.reader) for _ in range(20)))

    assert len(set(processes)) == 1
