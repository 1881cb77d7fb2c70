"""Column types on MySQL and MariaDB: exact, and comparing by code point."""

from decimal import Decimal as ExactDecimal
from typing import Any

from sqlalchemy import BigInteger as BigInteger
from sqlalchemy import Boolean as Boolean
from sqlalchemy import Date as Date
from sqlalchemy import Dialect
from sqlalchemy import Integer as Integer
from sqlalchemy.dialects.mysql import CHAR, DATETIME, LONGTEXT, MEDIUMTEXT, VARCHAR
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from app.database.json_text import JsonText
from app.database.naive_moment import NaiveMoment
from app.database.server import BY_CODE_POINT

MOST_IN_AN_INDEX = 640
"""Characters: an entry takes 3,072 bytes, a character up to 4. Longer text is kept elsewhere, since
the columns of a row may take 65,535 bytes together."""


class String(TypeDecorator[str]):
    """Text of limited length that compares by code point."""

    impl = VARCHAR
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if self.length > MOST_IN_AN_INDEX:
            return MEDIUMTEXT(charset="utf8mb4", collation=BY_CODE_POINT)
        return VARCHAR(self.length, charset="utf8mb4", collation=BY_CODE_POINT)


class Ascii(TypeDecorator[str]):
    """Text of limited length without any letter beyond ASCII; four times as much of it fits."""

    impl = VARCHAR
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length, charset="ascii", collation="ascii_bin")


class Text(TypeDecorator[str]):
    """Text of any length that compares by code point."""

    impl = LONGTEXT(charset="utf8mb4", collation=BY_CODE_POINT)
    cache_ok = True


class Uuid(TypeDecorator[str]):
    """An id as its canonical text, which sorts as its bytes do."""

    impl = CHAR(36, charset="ascii", collation="ascii_bin")
    cache_ok = True


class Moment(NaiveMoment):
    """A moment as its canonical text, to the millisecond."""

    impl = DATETIME(fsp=3)
    cache_ok = True


class Float(UserDefinedType[float]):
    """A number of double precision; the driver takes and gives Python's own."""

    cache_ok = True

    def get_col_spec(self, **options: Any) -> str:
        return "DOUBLE PRECISION"


class Decimal(UserDefinedType[Any]):
    """An exact decimal; the driver takes and gives Python's own.

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


class Json(JsonText):
    """Any JSON, as the text it came as: the server's own type reorders keys and rounds numbers."""

    impl = LONGTEXT(charset="utf8mb4", collation=BY_CODE_POINT)
    cache_ok = True
