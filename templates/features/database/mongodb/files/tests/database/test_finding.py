"""Rows are the same whichever way they are read, and whoever wrote their documents."""

from datetime import date
from decimal import Decimal
from typing import Any

import bson
import pytest
from bson import Decimal128
from fastapi import FastAPI
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import AutoReconnect

from app import moments
from app.database import types
from app.database.collection import Collection, Document, Field
from app.database.finding import Finder
from app.database.operations import Database
from app.database.packed import Packed, first_batch
from app.ids import new_id
from app.schema import Row
from tests.database.table import THINGS
from tests.database.things import ROWS, add

ALL = Collection(
    "all",
    Field("name", types.String(120)),
    Field("price", types.Decimal(10, 2)),
    Field("size", types.Float()),
    Field("note", types.Text(), optional=True),
    Field("big", types.BigInteger()),
    Field("is_on", types.Boolean()),
    Field("day", types.Date()),
    Field("moment", types.Moment()),
    Field("other_id", types.Uuid()),
    Field("data", types.Json()),
    Field("small", types.Integer(), optional=True),
)
"""Every type, in an order that is not the one in which documents hold them."""


def row(**values: Any) -> Row:
    given = {
        "id": new_id(),
        "created_at": moments.now(),
        "updated_at": "1969-12-31T23:59:59.001Z",
        "version": 1,
        "name": "Ärger \0 🙂",
        "price": Decimal("-12.50"),
        "size": 0.1,
        "note": None,
        "big": -(2**63),
        "is_on": True,
        "day": date(1, 1, 1),
        "moment": "9999-12-31T23:59:59.999Z",
        "other_id": new_id(),
        "data": {"a": [1, None, "\0"]},
        "small": None,
    }
    return {**given, **values}


def told(given: Row) -> Row:
    return {**given, "price": format(given["price"], ".2f")}


def array(*documents: Document) -> bytes:
    return bson.encode({str(number): document for number, document in enumerate(documents)})


def test_rows_are_made_of_bytes() -> None:
    given = [row(), row(note="a", small=5, is_on=False, price=Decimal(0)), row(data=None)] * 50

    rows = Packed(ALL).rows(array(*map(ALL.document, given)))

    assert rows == [told(one) for one in given]
    assert {tuple(one) for one in rows} == {tuple(ALL.fields)}


def test_nothing_is_no_rows() -> None:
    assert Packed(ALL).rows(array()) == []


@pytest.mark.parametrize(
    "other",
    [
        lambda document: dict(reversed(document.items())),
        lambda document: {**document, "more": 1},
        lambda document: {**document, "price": Decimal128("-12.5")},
        lambda document: {"_id": document["_id"], **document, "version": 1.0},
    ],
)
def test_documents_of_others_are_read_too(other: Any) -> None:
    given = [row(), row(), row()]
    first, second, third = map(ALL.document, given)

    rows = Packed(ALL).rows(array(first, other(second), third))

    assert rows == [told(one) for one in given]


def test_field_that_a_document_lacks_is_null() -> None:
    given = row()
    document = ALL.document(given)
    del document["name"], document["size"], document["note"]

    assert Packed(ALL).rows(array(document)) == [{**told(given), "name": None, "size": None}]


def test_text_that_looks_like_a_field_is_text() -> None:
    document = ALL.document(row())
    given = row(name=bson.encode(document).decode("latin-1") + "\x04firstBatch\0", note="\0")
    answer = {"firstBatch": [ALL.document(given)], "id": 0, "ns": "app.all"}

    batch, _ = first_batch(bson.encode(answer))

    assert Packed(ALL).rows(batch) == [told(given)]


def test_rest_of_a_long_answer_is_noticed() -> None:
    documents = [ALL.document(row())]
    answer = {"id": bson.Int64(7), "ns": "app.all", "firstBatch": documents}

    assert first_batch(bson.encode(answer)) == (array(*documents), 7)


@pytest.mark.usefixtures("things")
async def test_answer_that_is_too_long_is_read_in_parts(app: FastAPI) -> None:
    text = "x" * 6_000_000
    written = [await add(app, text=text) for _ in range(3)]

    found = await app.state.database.reader.read(find_all)

    assert [one["id"] for one in found] == [one["id"] for one in written]
    assert {one["text"] for one in found} == {text}


@pytest.mark.usefixtures("things")
async def test_server_that_has_just_gone_is_asked_again(app: FastAPI) -> None:
    written = await add(app)

    async def find(database: Database, own: AsyncClientSession | None) -> list[Row]:
        gone: Any = Gone(database)
        first = await Finder(THINGS).first(gone, own, {"name": written["name"]})
        return [*await find_all(gone, own), first or {}]

    assert await app.state.database.reader.read(find) == [written, written]


@pytest.mark.usefixtures("things")
async def test_rows_are_the_same_within_a_transaction(app: FastAPI) -> None:
    written = await add(app, price=Decimal("1.5"))

    async with app.state.database.transaction() as transaction:
        assert await ROWS.get(transaction, written["id"]) == written
    assert await ROWS.get(app.state.database.reader, written["id"]) == written


async def find_all(database: Database, own: AsyncClientSession | None) -> list[Row]:
    return await Finder(THINGS).page(database, own, where={}, order=[("_id", 1)], limit=10)


class Gone:
    """A database whose server takes no commands any more; what PyMongo asks again is answered."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def command(self, *_: Any, **__: Any) -> None:
        raise AutoReconnect("connection closed")
