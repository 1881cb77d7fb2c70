"""Rows of every type, as they come back; pages, conflicts and the two kinds of session."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Column, Connection, ForeignKey, MetaData, Table, UniqueConstraint

from app import fields
from app.database import types
from app.database.migration import with_connection
from app.database.rows import Rows
from app.errors import Conflict, Invalid, NotFound, Stale
from app.ids import new_id
from app.listing import Filter, Listing, ListQuery
from app.schema import Row
from app.settings import Settings

METADATA = MetaData()
THINGS = Table(
    "test_things",
    METADATA,
    Column("id", types.Uuid(), primary_key=True),
    Column("created_at", types.Moment(), nullable=False),
    Column("updated_at", types.Moment(), nullable=False),
    Column("version", types.Integer(), nullable=False),
    Column("renamed", types.String(20), key="name", nullable=False),
    Column("text", types.Text(), nullable=True),
    Column("small", types.Integer(), nullable=True),
    Column("big", types.BigInteger(), nullable=True),
    Column("size", types.Float(), nullable=True),
    Column("price", types.Decimal(18, 6), nullable=True),
    Column("is_on", types.Boolean(), nullable=True),
    Column("day", types.Date(), nullable=True),
    Column("moment", types.Moment(), nullable=True),
    Column("other_id", types.Uuid(), ForeignKey("test_things.id"), nullable=True),
    Column("data", types.Json(nullable=True), nullable=True),
    Column("must", types.Json(), nullable=False),
    UniqueConstraint("name", name="uq_test_things_name"),
)
ROWS = Rows(THINGS, noun="thing")
LISTING = Listing(
    {
        "name": Annotated[str, fields.string(20)],
        "price": Annotated[Decimal, fields.decimal(18, 6)],
        "moment": fields.Moment,
        "day": fields.Date,
        "is_on": fields.Boolean,
    },
    nullable={"price", "moment", "day", "is_on"},
)
EMPTY: Row = {
    key: None
    for key in THINGS.columns.keys()  # noqa: SIM118
    if key not in ("id", "created_at", "updated_at", "version")
}
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


@pytest.fixture(autouse=True)
def things(settings: Settings) -> Iterator[None]:
    """The table exists."""

    def make(connection: Connection) -> None:
        METADATA.drop_all(connection)
        METADATA.create_all(connection)

    with_connection(settings.database, make)
    yield
    with_connection(settings.database, METADATA.drop_all)


async def add(app: FastAPI, **values: Any) -> Row:
    """Adds a row in a transaction of its own."""
    async with app.state.database.transaction() as transaction:
        return await ROWS.add(transaction, {**EMPTY, "name": new_id()[-12:], **values})


async def names(app: FastAPI, query: ListQuery) -> list[str]:
    """The names of a page's rows."""
    page = await ROWS.page(app.state.database.reader, query, LISTING)
    return [row["name"] for row in page.items]


async def test_every_type_comes_back_exactly(app: FastAPI) -> None:
    added = await add(app, **FULL)

    read = await ROWS.get(app.state.database.reader, added["id"])

    assert read == added
    assert {key: read[key] for key in FULL} == FULL
    assert str(read["price"]) == "123456789012.000001"


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


async def test_text_compares_by_code_point(app: FastAPI) -> None:
    for name in ("b", "a", "B", "ä", "🙂", "Z"):
        await add(app, name=name)

    assert await names(app, ListQuery(sort="name")) == ["B", "Z", "a", "b", "ä", "🙂"]


@pytest.mark.parametrize("descending", [False, True], ids=["up", "down"])
async def test_pages_hold_every_row_once(app: FastAPI, descending: bool) -> None:
    for number in range(7):
        price = Decimal(number % 3).quantize(Decimal("0.000001")) if number % 2 else None
        await add(app, name=str(number), price=price)
    seen: list[Row] = []
    query = ListQuery(sort="price", descending=descending, limit=2)
    page = await ROWS.page(app.state.database.reader, query, LISTING)
    seen += page.items
    while page.next_cursor:
        sort = "-price" if descending else "price"
        query = LISTING.parse(f"limit=2&sort={sort}&cursor={page.next_cursor}".encode())
        page = await ROWS.page(app.state.database.reader, query, LISTING)
        seen += page.items

    assert sorted(row["name"] for row in seen) == [str(number) for number in range(7)]
    prices = [row["price"] for row in seen if row["price"] is not None]
    assert prices == sorted(prices, reverse=descending)
    assert all(row["price"] is None for row in seen[len(prices) :])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"price=1.5", ["a"]),
        (b"price__gte=2&sort=price", ["b", "c"]),
        (b"price__lte=2&sort=-price", ["b", "a"]),
        (b"price__in=1.5,3,7&sort=name", ["a", "c"]),
        (b"name__in=c,b,x&sort=name&is_on=true", ["c"]),
        (b"moment__gte=2026-01-01T00:00:00.001Z", ["b"]),
        (b"day__lte=2020-01-01", ["a"]),
    ],
    ids=["equal", "gte", "lte", "in", "two", "moment", "day"],
)
async def test_filters_find_their_rows(app: FastAPI, query: bytes, expected: list[str]) -> None:
    moment = "2026-01-01T00:00:00.00{}Z"
    await add(app, name="a", price=Decimal("1.5"), moment=moment.format(0), day=date(2020, 1, 1))
    await add(app, name="b", price=Decimal(2), moment=moment.format(1), day=date(2020, 1, 2))
    await add(app, name="c", price=Decimal(3), is_on=True)

    assert await names(app, LISTING.parse(query)) == expected


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
        self.fetch = session.fetch
        self.execute = session.execute
        self.execute_many = session.execute_many
        self.changed: set[str] = set()
