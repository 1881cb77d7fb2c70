"""A table of every type, to test rows with."""

from sqlalchemy import Column, ForeignKey, MetaData, Table, UniqueConstraint

from app.database import types

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
