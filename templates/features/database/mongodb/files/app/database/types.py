"""Types of fields in MongoDB: what the server checks, and how values go there and come back.

Each keeps the order and the exact value of what callers send; rows hold ids, moments and decimals
as text, as callers see them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal as ExactDecimal
from functools import lru_cache
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
EPOCH = datetime(1970, 1, 1)
FRACTIONS = [f".{milliseconds:03}Z" for milliseconds in range(1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """How a value lies in a document, where it always takes the same room (bsonspec.org)."""

    tag: bytes
    """Says which type it is of, before the field's name."""
    lead: bytes = b""
    """What is the same of every value, after the name."""
    format: str
    """Of the value, as `struct` writes it."""
    load: Convert | None = None
    """The row's value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """`schema` is what $jsonSchema says of a value; `store` and `load` are never given None."""

    schema: Mapping[str, Any]
    store: Convert | None = None
    load: Convert | None = None
    keeps_null: bool = False
    """Whether null is a value of the type, and `store` is given it too."""
    fixed: Fixed | None = None

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
    sixteen = (16).to_bytes(4, "little") + bytes([UUID_SUBTYPE])
    return Type(
        schema={"bsonType": "binData"},
        store=uuid_bytes,
        load=uuid_text,
        fixed=Fixed(tag=b"\x05", lead=sixteen, format="16s", load=uuid_text),
    )


def uuid_bytes(text: str) -> Binary:
    """As MongoDB keeps it."""
    return Binary(bytes.fromhex(text.replace("-", "")), UUID_SUBTYPE)


def uuid_text(value: bytes) -> str:
    """As callers see it; an object in between would take longer to make than the rest of a row."""
    digits = value.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def Integer() -> Type:
    """A whole number of 32 bits."""
    return Type(schema={"bsonType": "int"}, fixed=Fixed(tag=b"\x10", format="i"))


def BigInteger() -> Type:
    """A whole number of 64 bits."""
    fixed = Fixed(tag=b"\x12", format="q")
    return Type(schema={"bsonType": "long"}, store=Int64, load=int, fixed=fixed)


def Float() -> Type:
    """A number of double precision."""
    return Type(schema={"bsonType": "double"}, fixed=Fixed(tag=b"\x01", format="d"))


def Boolean() -> Type:
    """True or false."""
    return Type(schema={"bsonType": "bool"}, fixed=Fixed(tag=b"\x08", format="?"))


def Decimal(precision: int, scale: int) -> Type:
    """An exact decimal, as Decimal128. Rows hold its digits: never `1E-7`."""
    smallest = ExactDecimal(1).scaleb(-scale)
    usual = EXPONENT_BIAS - scale

    def store(value: ExactDecimal) -> Decimal128:
        return Decimal128(value.quantize(smallest))

    def load(value: Decimal128) -> str:
        return text(value.bid)

    def text(sixteen: bytes) -> str:
        # By way of Python's own Decimal it takes six times as long.
        bits = int.from_bytes(sixteen, "little")
        if bits >> COEFFICIENT_BITS & EXPONENT != usual:  # not written by this service
            value = Decimal128.from_bid(sixteen).to_decimal()
            return format(value.quantize(smallest), "f")
        digits = str(bits & COEFFICIENT).zfill(scale + 1)
        sign = "-" if bits >> SIGN_BIT else ""
        return f"{sign}{digits[:-scale]}.{digits[-scale:]}" if scale else f"{sign}{digits}"

    fixed = Fixed(tag=b"\x13", format="16s", load=text)
    return Type(schema={"bsonType": "decimal"}, store=store, load=load, fixed=fixed)


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
        fixed=Fixed(tag=b"\x09", format="q", load=moment_text),
    )


def moment_text(milliseconds: int) -> str:
    """The moment so long after 1970. Raises OverflowError outside of the years 1 to 9999."""
    seconds, rest = divmod(milliseconds, 1000)
    return _second_text(seconds) + FRACTIONS[rest]


@lru_cache(maxsize=4096)
def _second_text(seconds: int) -> str:
    # Rows of one list were often made together, and most have not been changed since.
    return (EPOCH + timedelta(seconds=seconds)).isoformat()


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
