"""Column types on Oracle Database."""

from datetime import datetime
from decimal import Decimal as ExactDecimal
from typing import Any

from sqlalchemy import Date as Date
from sqlalchemy import Dialect
from sqlalchemy.dialects.oracle import BINARY_DOUBLE, CLOB, TIMESTAMP, VARCHAR2
from sqlalchemy.types import TypeDecorator, UserDefinedType

from app.database.json_text import JsonText
from app.database.naive_moment import NaiveMoment

EMPTY = "\0"
"""Empty text is null here. Callers may not send this character, and it sorts first, too."""


class String(TypeDecorator[str]):
    """Text of limited length; sessions compare it by code point."""

    impl = VARCHAR2
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return _Characters(self.length)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return EMPTY if value == "" else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return "" if value == EMPTY else value


class Ascii(String):
    """Text of limited length without any letter beyond ASCII."""


class _Characters(UserDefinedType[str]):
    """Counted in characters, whatever the database's default is."""

    cache_ok = True

    def __init__(self, length: int) -> None:
        self.length = length

    def get_col_spec(self, **options: Any) -> str:
        return f"VARCHAR2({self.length} CHAR)"


class Text(TypeDecorator[str]):
    """Text of any length."""

    impl = CLOB
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return EMPTY if value == "" else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return "" if value == EMPTY else value


class Uuid(TypeDecorator[str]):
    """An id as its canonical text, which sorts as its bytes do."""

    impl = VARCHAR2(36)
    cache_ok = True


class _Whole(UserDefinedType[int]):
    """A whole number of so many digits; the driver may give a decimal."""

    cache_ok = True

    def __init__(self, digits: int) -> None:
        self.digits = digits

    def get_col_spec(self, **options: Any) -> str:
        return f"NUMBER({self.digits})"

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return lambda value: None if value is None else int(value)


class Integer(_Whole):
    """A whole number of 32 bits."""

    def __init__(self) -> None:
        super().__init__(10)


class BigInteger(_Whole):
    """A whole number of 64 bits."""

    def __init__(self) -> None:
        super().__init__(19)


class Boolean(TypeDecorator[bool]):
    """1 or 0: there is no type of its own before release 23ai."""

    impl = _Whole(1)
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


class Moment(NaiveMoment):
    """A moment as its canonical text, to the millisecond."""

    impl = TIMESTAMP
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return _Milliseconds()


class _Milliseconds(UserDefinedType[datetime]):
    cache_ok = True

    def get_col_spec(self, **options: Any) -> str:
        return "TIMESTAMP(3)"


class Float(TypeDecorator[float]):
    """A number of double precision."""

    impl = BINARY_DOUBLE
    cache_ok = True

    def process_result_value(self, value: Any | None, dialect: Dialect) -> float | None:
        return None if value is None else float(value)


class Decimal(UserDefinedType[Any]):
    """An exact decimal; the driver takes and gives Python's own, without zeros at its end.

    Rows hold it as text, as a caller is to see it: never as `1E-7`.
    """

    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        self.precision = precision
        self.scale = scale

    def get_col_spec(self, **options: Any) -> str:
        return f"NUMBER({self.precision}, {self.scale})"

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        scale = self.scale

        def process(value: Any | None) -> str | None:
            return None if value is None else format(ExactDecimal(value), f".{scale}f")

        return process


class Json(JsonText):
    """Any JSON, as the text it came as: the server's own type rounds numbers and orders keys."""

    impl = CLOB
    cache_ok = True
