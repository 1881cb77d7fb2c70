"""A collection of every type, to test rows with."""

from app.database import types
from app.database.collection import Collections, Field

COLLECTIONS = Collections()
THINGS = COLLECTIONS.add(
    "test_things",
    Field("name", types.String(20), unique=True),
    Field("text", types.Text(), optional=True),
    Field("small", types.Integer(), optional=True),
    Field("big", types.BigInteger(), optional=True),
    Field("size", types.Float(), optional=True),
    Field("price", types.Decimal(18, 6), optional=True, indexed=True),
    Field("is_on", types.Boolean(), optional=True),
    Field("day", types.Date(), optional=True),
    Field("moment", types.Moment(), optional=True),
    Field("other_id", types.Uuid(), optional=True, refers_to="test_things"),
    Field("data", types.Json(nullable=True), optional=True),
    Field("must", types.Json()),
)
