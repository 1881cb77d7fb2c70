"""Rows of every type, as they come back; conflicts, and the two kinds of session."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from fastapi import FastAPI

from app.errors import Conflict, Invalid, NotFound, Stale
from app.ids import new_id
from app.listing import Filter, ListQuery
from app.schema import Row
from tests.database.things import EMPTY, ROWS, add, names

pytestmark = pytest.mark.usefixtures("things")

FULL: Row = {
    **EMPTY,
    "name": "Ärger 🙂",
    "text": "a'\"\\%",
    "small": -(2**31),
    "big": 2**63 - 1,
    "size": 0.1,
    "price": Decimal("123456789012.000001"),
    "is_on": True,
    "day": date(1, 1, 1),
    "moment": "9999-12-31T23:59:59.999Z",
    "data": {"a": [1, None, "\0"]},
    "must": None,
}


async def test_every_type_comes_back_exactly(app: FastAPI) -> None:
    added = await add(app, **FULL)

    read = await ROWS.get(app.state.database.reader, added["id"])

    assert read == added
    expected = {**FULL, "price": "123456789012.000001"}
    assert {key: read[key] for key in FULL} == expected


async def test_many_at_once_come_back_exactly(app: FastAPI) -> None:
    odd = {**FULL, "name": "odd", "text": "\\N\t\\t\r\n\\.\u2028\\", "is_on": False, "size": -1e300}
    async with app.state.database.transaction() as transaction:
        ids = await ROWS.add_many(transaction, [odd, {**EMPTY, "name": "\\N"}])

    first, second = [await ROWS.get(app.state.database.reader, one) for one in ids]

    assert {key: first[key] for key in FULL} == {**odd, "price": "123456789012.000001"}
    assert {key: second[key] for key in EMPTY} == {**EMPTY, "name": "\\N"}


@pytest.mark.parametrize(
    ("price", "text"),
    [
        ("0", "0.000000"),
        ("0.000001", "0.000001"),
        ("-0.000001", "-0.000001"),
        ("-999999999999.5", "-999999999999.500000"),
    ],
)
async def test_decimals_are_plain_digits(app: FastAPI, price: str, text: str) -> None:
    added = await add(app, price=Decimal(price))

    assert added["price"] == text


async def test_the_first_moment_of_all_comes_back(app: FastAPI) -> None:
    added = await add(app, moment="0001-01-01T00:00:00.000Z")

    assert added["moment"] == "0001-01-01T00:00:00.000Z"


async def test_null_comes_back_as_null(app: FastAPI) -> None:
    added = await add(app, name="a")

    assert {key: added[key] for key in EMPTY} == {**EMPTY, "name": "a"}


async def test_change_makes_a_new_version(app: FastAPI) -> None:
    added = await add(app)

    async with app.state.database.transaction() as transaction:
        changed = await ROWS.change(transaction, added["id"], {"small": 5}, {1})

    assert (changed["version"], changed["small"]) == (2, 5)
    assert changed["updated_at"] >= added["updated_at"]


async def test_other_version_is_stale(app: FastAPI) -> None:
    added = await add(app)

    async with app.state.database.transaction() as transaction:
        with pytest.raises(Stale):
            await ROWS.change(transaction, added["id"], {"small": 5}, {7})
        with pytest.raises(Stale):
            await ROWS.remove(transaction, added["id"], {7})


async def test_unknown_row_is_not_found(app: FastAPI) -> None:
    async with app.state.database.transaction() as transaction:
        with pytest.raises(NotFound):
            await ROWS.change(transaction, new_id(), {"small": 5})
        with pytest.raises(NotFound):
            await ROWS.remove(transaction, new_id())


async def test_second_of_a_unique_value_conflicts(app: FastAPI) -> None:
    await add(app, name="a")

    with pytest.raises(Conflict) as raised:
        await add(app, name="a")

    assert raised.value.code == "unique_conflict"


async def test_reference_to_nothing_conflicts(app: FastAPI) -> None:
    with pytest.raises(Conflict) as raised:
        await add(app, other_id=new_id())

    assert raised.value.code == "reference_conflict"


async def test_row_in_use_is_not_removed(app: FastAPI) -> None:
    used = await add(app)
    await add(app, other_id=used["id"])

    with pytest.raises(Conflict):
        async with app.state.database.transaction() as transaction:
            await ROWS.remove(transaction, used["id"])


async def test_missing_value_is_invalid(app: FastAPI) -> None:
    with pytest.raises(Invalid):
        await add(app, name=None)


async def test_failed_transaction_leaves_nothing(app: FastAPI) -> None:
    with pytest.raises(RuntimeError):
        async with app.state.database.transaction() as transaction:
            await ROWS.add(transaction, {**EMPTY, "name": "a"})
            raise RuntimeError

    assert await ROWS.ids(app.state.database.reader) == []


async def test_rows_are_removed_by_what_they_meet(app: FastAPI) -> None:
    await add(app, name="a", day=date(2020, 1, 1))
    await add(app, name="b", day=date(2021, 1, 1))

    async with app.state.database.transaction() as transaction:
        removed = await ROWS.remove_all(transaction, [Filter("day", "lte", date(2020, 6, 1))])

    assert (removed, await names(app, ListQuery())) == (1, ["b"])


async def test_reader_commits_by_itself(app: FastAPI) -> None:
    reader = app.state.database.reader

    await ROWS.add(_Recording(reader), {**EMPTY, "name": "a"})
    await ROWS.add_many(_Recording(reader), [{**EMPTY, "name": "b"}])
    ids = await ROWS.ids(reader)
    await ROWS.remove(_Recording(reader), ids[0])

    assert await names(app, ListQuery()) == ["b"]


class _Recording:
    """A reader in place of a transaction."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.changed: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)
