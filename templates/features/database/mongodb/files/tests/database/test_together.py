"""Documents of several requests go to the server together, and each has its own end."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI

from app import moments
from app.database.connection import connect, database_of
from app.database.meter import Meter
from app.database.together import LANES, LARGE, Together
from app.errors import AppError, Conflict, Invalid, Unavailable
from app.ids import new_id
from app.listing import ListQuery
from app.settings import Settings
from tests.database.provision import unreachable
from tests.database.things import EMPTY, ROWS, names

pytestmark = pytest.mark.usefixtures("things")
MANY = 40


@dataclass
class Adding:
    """Adds documents, and counts the calls that it takes."""

    together: Together
    meter: Meter

    async def all(self, *documents: dict[str, Any]) -> list[str]:
        """How each of them ended."""
        return list(await asyncio.gather(*(self.one(document) for document in documents)))

    async def one(self, document: dict[str, Any]) -> str:
        try:
            await self.together.add("test_things", document)
        except AppError as error:
            return type(error).__name__
        return "added"


@pytest.fixture
async def adding(settings: Settings) -> AsyncIterator[Adding]:
    meter = Meter()
    async with connect(settings.database) as client:
        database = database_of(client, settings.database)
        yield Adding(Together(database, meter=meter, timeout=10), meter)


def thing(name: str, **values: Any) -> dict[str, Any]:
    now = moments.now()
    always = {"id": new_id(), "created_at": now, "updated_at": now, "version": 1}
    return ROWS.collection.document({**EMPTY, **always, "name": name, **values})


async def test_those_who_come_at_the_same_time_go_together(app: FastAPI, adding: Adding) -> None:
    ended = await adding.all(*(thing(f"{number:02}") for number in range(MANY)))

    assert ended == ["added"] * MANY
    assert len(await names(app, ListQuery())) == MANY
    assert adding.meter.statements <= LANES + 2


async def test_one_alone_waits_for_nobody(app: FastAPI, adding: Adding) -> None:
    for number in range(3):
        assert await adding.one(thing(str(number))) == "added"

    assert adding.meter.statements == 3


async def test_each_is_refused_for_itself(app: FastAPI, adding: Adding) -> None:
    good = [thing("a"), thing("b")]
    wrong = {**thing("wrong"), "version": "one"}
    unreadable = {**thing("unreadable"), "text": object()}

    ended = await adding.all(good[0], wrong, thing("a"), unreadable, good[1])

    assert ended == ["added", Invalid.__name__, Conflict.__name__, Invalid.__name__, "added"]
    assert await names(app, ListQuery()) == ["a", "b"]


async def test_large_ones_go_alone(app: FastAPI, adding: Adding) -> None:
    large = [thing(f"large {number}", text="x" * LARGE) for number in range(3)]

    ended = await adding.all(thing("a"), *large, thing("b"))

    assert ended == ["added"] * 5
    assert adding.meter.statements >= len(large)


async def test_who_is_given_up_before_it_goes_is_never_sent(app: FastAPI, adding: Adding) -> None:
    first = [asyncio.create_task(adding.one(thing(f"first {lane}"))) for lane in range(LANES)]
    await asyncio.sleep(0)
    late = asyncio.create_task(adding.one(thing("late")))
    last = asyncio.create_task(adding.one(thing("last")))
    await asyncio.sleep(0)
    late.cancel()
    await asyncio.gather(*first, last)

    assert "late" not in await names(app, ListQuery())
    assert "last" in await names(app, ListQuery())


async def test_all_are_told_that_the_server_is_gone(settings: Settings) -> None:
    gone = unreachable()
    async with connect(gone) as client:
        together = Together(database_of(client, gone), meter=Meter(), timeout=5)

        ended = await Adding(together, Meter()).all(*(thing(f"{number}") for number in range(5)))

    assert ended == [Unavailable.__name__] * 5
