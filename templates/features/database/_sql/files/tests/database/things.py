"""A table of every type, to test rows with."""

from decimal import Decimal
from typing import Annotated, Any

from fastapi import FastAPI
from sqlalchemy import Column, ForeignKey, MetaData, Table, UniqueConstraint

from app import fields
from app.database import types
from app.database.rows import Rows
from app.ids import new_id
from app.listing import Listing, ListQuery
from app.schema import Row

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
AUTOMATIC = {"id", "created_at", "updated_at", "version"}
EMPTY: Row = {column.key: None for column in THINGS.columns if column.key not in AUTOMATIC}


async def add(app: FastAPI, **values: Any) -> Row:
    """Adds a row in a transaction of its own."""
    async with app.state.database.transaction() as transaction:
        return await ROWS.add(transaction, {**EMPTY, "name": new_id()[-12:], **values})


async def names(app: FastAPI, query: ListQuery) -> list[str]:
    """The names of a page's rows."""
    page = await ROWS.page(app.state.database.reader, query, LISTING)
    return [row["name"] for row in page.items]
