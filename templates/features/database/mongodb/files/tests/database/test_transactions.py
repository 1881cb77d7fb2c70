"""Transactions that meet: done again where that is right, refused where it is not."""

import asyncio
import dataclasses
from typing import Any

import pytest
from fastapi import FastAPI
from pymongo.asynchronous.client_session import AsyncClientSession

from app import moments
from app.database.driver import MongodbDatabase
from app.database.operations import Database
from app.errors import Conflict, NotFound, Stale, Unavailable
from app.ids import new_id
from app.listing import ListQuery
from app.settings import Settings
from tests.database.things import EMPTY, ROWS, add, names

pytestmark = pytest.mark.usefixtures("things")


async def test_first_call_that_meets_another_is_done_again(app: FastAPI) -> None:
    row = await add(app, small=1)

    async def count_up() -> None:
        async with app.state.database.transaction() as transaction:
            await ROWS.change(transaction, row["id"], {"small": 2})
            await asyncio.sleep(0.02)

    await asyncio.gather(*(count_up() for _ in range(4)))

    assert (await ROWS.get(app.state.database.reader, row["id"]))["version"] == 5


async def test_earlier_calls_are_done_again_too(app: FastAPI) -> None:
    row = await add(app)

    async with app.state.database.transaction() as transaction:
        first = await add_in(transaction, "first")
        async with app.state.database.transaction() as other:
            await ROWS.change(other, row["id"], {"small": 1})
        changed = await ROWS.change(transaction, row["id"], {"big": 2})

    assert (changed["small"], changed["big"], changed["version"]) == (1, 2, 3)
    assert await ROWS.get(app.state.database.reader, first["id"]) == first


async def test_what_was_only_read_is_of_its_moment(app: FastAPI) -> None:
    row = await add(app, small=1)

    async with app.state.database.transaction() as transaction:
        await ROWS.get(transaction, row["id"])
        async with app.state.database.transaction() as other:
            await ROWS.change(other, row["id"], {"small": 5})
        changed = await ROWS.change(transaction, row["id"], {"big": 2})

    assert (changed["small"], changed["big"], changed["version"]) == (5, 2, 3)


async def test_version_that_was_read_is_stale_after_all(app: FastAPI) -> None:
    row = await add(app)

    with pytest.raises(Stale):
        async with app.state.database.transaction() as transaction:
            read = await ROWS.get(transaction, row["id"])
            async with app.state.database.transaction() as other:
                await ROWS.change(other, row["id"], {"small": 5})
            await ROWS.change(transaction, row["id"], {"small": 6}, {read["version"]})


async def test_write_that_gives_something_else_the_second_time_is_refused(app: FastAPI) -> None:
    row = await add(app)
    results = iter("ab")

    async def another(database: Database, session: AsyncClientSession | None) -> str:
        return next(results)

    with pytest.raises(Unavailable):
        async with app.state.database.transaction() as transaction:
            await add_in(transaction, "first")
            assert await transaction.write(another) == "a"
            async with app.state.database.transaction() as other:
                await ROWS.change(other, row["id"], {"small": 1})
            await ROWS.change(transaction, row["id"], {"small": 2})

    assert await names(app, ListQuery()) == [row["name"]]


async def test_patience_with_others_ends(settings: Settings, app: FastAPI) -> None:
    row = await add(app)
    hasty = settings.database.model_copy(update={"database_wait_seconds": 0.2})
    database = MongodbDatabase(dataclasses.replace(settings, database=hasty))
    async with database.lifespan(), app.state.database.transaction() as transaction:
        await ROWS.change(transaction, row["id"], {"small": 1})
        with pytest.raises(Unavailable):
            async with database.transaction() as late:
                await ROWS.change(late, row["id"], {"small": 2})

    assert (await ROWS.get(app.state.database.reader, row["id"]))["small"] == 1


async def test_of_two_equal_values_at_once_one_conflicts(app: FastAPI) -> None:
    async def one() -> str:
        try:
            await add(app, name="same")
        except Conflict as error:
            return error.code
        return "added"

    ended = await asyncio.gather(*(one() for _ in range(4)))

    assert sorted(ended) == ["added", *["unique_conflict"] * 3]


async def test_row_and_what_it_refers_to_are_not_parted(app: FastAPI) -> None:
    for number in range(5):
        used = await add(app)

        async def refer(used: str = used["id"]) -> bool:
            try:
                await add(app, other_id=used)
            except Conflict:
                return False
            return True

        async def remove(used: str = used["id"]) -> bool:
            try:
                async with app.state.database.transaction() as transaction:
                    await ROWS.remove(transaction, used)
            except (Conflict, NotFound):
                return False
            return True

        referred, removed = await asyncio.gather(refer(), remove())

        assert referred != removed, number


async def test_many_refer_to_one_row_at_once(app: FastAPI) -> None:
    used = await add(app)

    await asyncio.gather(*(add(app, other_id=used["id"]) for _ in range(12)))

    assert len(await names(app, ListQuery())) == 13


async def test_work_of_ones_own_is_part_of_the_transaction(app: FastAPI) -> None:
    row = await add(app, small=1)

    async def add_ten(database: Database, session: AsyncClientSession | None) -> int:
        result = await database["test_things"].update_many(
            {}, {"$inc": {"small": 10}}, session=session
        )
        return result.modified_count

    with pytest.raises(RuntimeError):
        async with app.state.database.transaction() as transaction:
            assert await transaction.write(add_ten) == 1
            raise RuntimeError

    assert (await ROWS.get(app.state.database.reader, row["id"]))["small"] == 1


async def test_single_addition_waits_for_the_end(app: FastAPI) -> None:
    async with app.state.database.transaction() as transaction:
        await add_first(transaction, "first")
        assert await names(app, ListQuery()) == []

    assert await names(app, ListQuery()) == ["first"]


async def test_addition_is_there_for_what_follows(app: FastAPI) -> None:
    async with app.state.database.transaction() as transaction:
        row_id = await add_first(transaction, "first")
        assert (await ROWS.get(transaction, row_id))["name"] == "first"

    assert await names(app, ListQuery()) == ["first"]


async def test_addition_goes_with_what_follows(app: FastAPI) -> None:
    with pytest.raises(NotFound):
        async with app.state.database.transaction() as transaction:
            await add_first(transaction, "first")
            await ROWS.change(transaction, new_id(), {"small": 1})

    assert await names(app, ListQuery()) == []


async def test_addition_of_a_request_that_fails_is_never_sent(app: FastAPI) -> None:
    with pytest.raises(RuntimeError):
        async with app.state.database.transaction() as transaction:
            await add_first(transaction, "first")
            raise RuntimeError

    assert await names(app, ListQuery()) == []


async def add_first(transaction: Any, name: str) -> str:
    """As a row is added that no other can be in the way of; its id."""
    row = {**EMPTY, "id": new_id(), "name": name, "version": 1}
    now = moments.now()
    document = ROWS.collection.document({**row, "created_at": now, "updated_at": now})
    await transaction.add("test_things", document)
    return str(row["id"])


async def add_in(transaction: Any, name: str) -> dict[str, Any]:
    return await ROWS.add(transaction, {"name": name, "must": None})
