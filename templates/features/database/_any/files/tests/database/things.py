"""Rows of every type, to test with."""

from decimal import Decimal
from typing import Annotated, Any

from fastapi import FastAPI

from app import fields
from app.database.rows import Rows
from app.ids import new_id
from app.listing import Listing, ListQuery
from app.schema import Row
from tests.database.table import THINGS

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
EMPTY: Row = dict.fromkeys(
    (
        *("name", "text", "small", "big", "size", "price", "is_on", "day", "moment"),
        *("other_id", "data", "must"),
    )
)


async def add(app: FastAPI, **values: Any) -> Row:
    """Adds a row in a transaction of its own."""
    async with app.state.database.transaction() as transaction:
        return await ROWS.add(transaction, {**EMPTY, "name": new_id()[-12:], **values})


async def names(app: FastAPI, query: ListQuery) -> list[str]:
    """The names of a page's rows."""
    page = await ROWS.page(app.state.database.reader, query, LISTING)
    return [row["name"] for row in page.items]
