"""Column types on PostgreSQL."""

from datetime import datetime
from decimal import Decimal as ExactDecimal
from typing import Any

import msgspec
import orjson
from sqlalchemy import BigInteger as BigInteger
from sqlalchemy import Boolean as Boolean
from sqlalchemy import Date as Date
from sqlalchemy import Dialect
from sqlalchemy import Integer as Integer
from sqlalchemy import String as AnyString
from sqlalchemy import Text as AnyText
from sqlalchemy import Uuid as AnyUuid
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator, UserDefinedType

from app import moments

BY_CODE_POINT = "C"
__all__ = [
    "BigInteger",
    "Boolean",
    "Date",
    "Decimal",
    "Float",
    "Integer",
    "Json",
    "Moment",
    "String",
    "Text",
    "Uuid",
]


class String(TypeDecorator[str]):
    """Text of limited length that compares by code point, whatever the server's language."""

    impl = AnyString
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length, collation=BY_CODE_POINT)


class Text(TypeDecorator[str]):
    """Text of any length that compares by code point, whatever the server's language."""

    impl = AnyText(collation=BY_CODE_POINT)
    cache_ok = True


class Uuid(TypeDecorator[str]):
    """An id as its canonical text."""

    impl = AnyUuid(as_uuid=False)
    cache_ok = True


class Moment(TypeDecorator[str]):
    """A moment as its canonical text."""

    impl = TIMESTAMP(timezone=True, precision=3)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else moments.to_datetime(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> str | None:
        # asyncpg gives UTC, but the first moment of the year 1 without a zone: it keeps that one as
        # -infinity. Either way the first 23 characters are what is wanted.
        return None if value is None else value.isoformat(timespec="milliseconds")[:23] + "Z"


class Float(UserDefinedType[float]):
    """A number of double precision; asyncpg takes and gives Python's own."""

    cache_ok = True

    def get_col_spec(self, **options: Any) -> str:
        return "DOUBLE PRECISION"


class Decimal(UserDefinedType[Any]):
    """An exact decimal; asyncpg takes and gives Python's own.

    Rows hold it as text, as a caller is to see it: never as `1E-7`.
    """

    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        self.precision = precision
        self.scale = scale

    def get_col_spec(self, **options: Any) -> str:
        return f"NUMERIC({self.precision}, {self.scale})"

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return _plain_digits


def _plain_digits(value: ExactDecimal | None) -> str | None:
    return None if value is None else format(value, "f")


class Json(UserDefinedType[Any]):
    """Any JSON, kept as it came. Null is the database's null where `nullable`, else JSON's."""

    cache_ok = True

    def __init__(self, *, nullable: bool = False) -> None:
        self.nullable = nullable

    def get_col_spec(self, **options: Any) -> str:
        return "JSON"

    def bind_processor(self, dialect: Dialect) -> Any:
        def process(value: Any) -> str | None:
            if value is None and self.nullable:
                return None
            return msgspec.json.encode(value).decode()

        return process

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return lambda value: None if value is None else orjson.loads(value)
