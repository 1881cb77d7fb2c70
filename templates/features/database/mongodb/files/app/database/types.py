"""Types of fields in MongoDB: what the server checks, and how values go there and come back.

Each keeps the order and the exact value of what callers send; rows hold ids, moments and decimals
as text, as callers see them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal as ExactDecimal
from typing import Any

import msgspec
import orjson
from bson import Binary, Decimal128, Int64
from bson.binary import UUID_SUBTYPE

Convert = Callable[[Any], Any]
DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
SIGN_BIT, COEFFICIENT_BITS = 127, 113
EXPONENT, EXPONENT_BIAS = 0x3FFF, 6176
COEFFICIENT = (1 << COEFFICIENT_BITS) - 1
"""Of a Decimal128, whose exponent stands above its coefficient (IEEE 754, as a binary integer)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """`schema` is what $jsonSchema says of a value; `store` and `load` are never given None."""

    schema: Mapping[str, Any]
    store: Convert | None = None
    load: Convert | None = None
    keeps_null: bool = False
    """Whether null is a value of the type, and `store` is given it too."""

    @property
    def bson(self) -> Any:
        """The name of the type in MongoDB, or several."""
        return self.schema["bsonType"]


def String(length: int) -> Type:
    """Text of limited length; it compares by code point."""
    return Type(schema={"bsonType": "string", "maxLength": length})


Ascii = String


def Text() -> Type:
    """Text of any length; it compares by code point."""
    return Type(schema={"bsonType": "string"})


def Uuid() -> Type:
    """A UUID of 16 bytes."""
    return Type(schema={"bsonType": "binData"}, store=uuid_bytes, load=uuid_text)


def uuid_bytes(text: str) -> Binary:
    """As MongoDB keeps it."""
    return Binary(bytes.fromhex(text.replace("-", "")), UUID_SUBTYPE)


def uuid_text(value: bytes) -> str:
    """As callers see it; an object in between would take longer to make than the rest of a row."""
    digits = value.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def Integer() -> Type:
    """A whole number of 32 bits."""
    return Type(schema={"bsonType": "int"})


def BigInteger() -> Type:
    """A whole number of 64 bits."""
    return Type(schema={"bsonType": "long"}, store=Int64, load=int)


def Float() -> Type:
    """A number of double precision."""
    return Type(schema={"bsonType": "double"})


def Boolean() -> Type:
    """True or false."""
    return Type(schema={"bsonType": "bool"})


def Decimal(precision: int, scale: int) -> Type:
    """An exact decimal, as Decimal128. Rows hold its digits: never `1E-7`."""
    smallest = ExactDecimal(1).scaleb(-scale)
    usual = EXPONENT_BIAS - scale

    def store(value: ExactDecimal) -> Decimal128:
        return Decimal128(value.quantize(smallest))

    def load(value: Decimal128) -> str:
        # By way of Python's own Decimal it takes six times as long.
        bits = int.from_bytes(value.bid, "little")
        if bits >> COEFFICIENT_BITS & EXPONENT != usual:  # not written by this service
            return format(value.to_decimal().quantize(smallest), "f")
        digits = f"{bits & COEFFICIENT:0{scale + 1}}"
        sign = "-" if bits >> SIGN_BIT else ""
        return f"{sign}{digits[:-scale]}.{digits[-scale:]}" if scale else f"{sign}{digits}"

    return Type(schema={"bsonType": "decimal"}, store=store, load=load)


def Date() -> Type:
    """A day, as text that sorts by time: a date of MongoDB would have a time and a zone."""
    schema = {"bsonType": "string", "pattern": DAY}
    return Type(schema=schema, store=date.isoformat, load=date.fromisoformat)


def Moment() -> Type:
    """A moment in UTC, exact to the millisecond; PyMongo takes and gives it without a zone."""
    return Type(
        schema={"bsonType": "date"},
        store=lambda text: datetime.fromisoformat(text.removesuffix("Z")),
        load=lambda moment: moment.isoformat(timespec="milliseconds") + "Z",
    )


def Json(*, nullable: bool = False) -> Type:
    """Any JSON, as text: a document of MongoDB would not keep every key and number as it came.

    Null is the field's own null where `nullable`, else JSON's.
    """
    return Type(
        schema={"bsonType": "string"},
        store=lambda value: msgspec.json.encode(value).decode(),
        load=orjson.loads,
        keeps_null=not nullable,
    )
