"""Column types on SQLite: exact where SQLite itself is not."""

from decimal import Decimal as ExactDecimal
from typing import Any

from sqlalchemy import BigInteger as BigInteger
from sqlalchemy import Boolean as Boolean
from sqlalchemy import Date as Date
from sqlalchemy import Dialect
from sqlalchemy import Float as Float
from sqlalchemy import Integer as Integer
from sqlalchemy import String as String
from sqlalchemy import Text as Text
from sqlalchemy.types import TypeDecorator

from app.database.json_text import JsonText

Ascii = String


class Uuid(TypeDecorator[str]):
    """An id as its canonical text."""

    impl = String(36)
    cache_ok = True


class Moment(TypeDecorator[str]):
    """A moment as its canonical text, which sorts by time."""

    impl = String(24)
    cache_ok = True


class Decimal(TypeDecorator[Any]):
    """A decimal as a whole number of its smallest unit; SQLite would make it a float.

    Rows hold it as text, as a caller is to see it: never as `1E-7`.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__()
        self.precision = precision
        self.scale = scale

    def process_bind_param(self, value: ExactDecimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value.scaleb(self.scale))

    def process_result_value(self, value: int | None, dialect: Dialect) -> str | None:
        if value is None or self.scale == 0:
            return None if value is None else str(value)
        whole, fraction = divmod(abs(value), 10**self.scale)
        return f"{'-' if value < 0 else ''}{whole}.{fraction:0{self.scale}}"


class Json(JsonText):
    """Any JSON, as the text it came as."""

    cache_ok = True
