"""Column types on PostgreSQL; `codecs.py` says how their values travel."""

from typing import Any

from sqlalchemy import BigInteger as BigInteger
from sqlalchemy import Boolean as Boolean
from sqlalchemy import Date as Date
from sqlalchemy import Integer as Integer
from sqlalchemy import String as AnyString
from sqlalchemy import Text as AnyText
from sqlalchemy.types import TypeDecorator, UserDefinedType

from app.database.json_text import JsonText

BY_CODE_POINT = "C"


class String(TypeDecorator[str]):
    """Text of limited length that compares by code point, whatever the server's language."""

    impl = AnyString
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length, collation=BY_CODE_POINT)


Ascii = String


class Text(TypeDecorator[str]):
    """Text of any length that compares by code point, whatever the server's language."""

    impl = AnyText(collation=BY_CODE_POINT)
    cache_ok = True


class Uuid(UserDefinedType[str]):
    """An id as its canonical text."""

    cache_ok = True

    def get_col_spec(self, **options: Any) -> str:
        return "UUID"


class Moment(UserDefinedType[str]):
    """A moment as its canonical text."""

    cache_ok = True

    def get_col_spec(self, **options: Any) -> str:
        return "TIMESTAMP(3) WITH TIME ZONE"


class Float(UserDefinedType[float]):
    """A number of double precision; asyncpg takes and gives Python's own."""

    cache_ok = True

    def get_col_spec(self, **options: Any) -> str:
        return "DOUBLE PRECISION"


class Decimal(UserDefinedType[Any]):
    """An exact decimal; rows hold it as text, as a caller is to see it: never as `1E-7`."""

    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        self.precision = precision
        self.scale = scale

    def get_col_spec(self, **options: Any) -> str:
        return f"NUMERIC({self.precision}, {self.scale})"


class _JsonColumn(UserDefinedType[str]):
    """The type that keeps the text as it came, which JSONB does not."""

    cache_ok = True

    def get_col_spec(self, **options: Any) -> str:
        return "JSON"


class Json(JsonText):
    """Any JSON, kept as it came."""

    impl = _JsonColumn
    cache_ok = True
