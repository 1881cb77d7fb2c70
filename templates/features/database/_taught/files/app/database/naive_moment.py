"""Moments in columns that have no zone."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class NaiveMoment(TypeDecorator[str]):
    """A moment as its canonical text; the column has no zone and holds UTC."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = DateTime
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else datetime.fromisoformat(value[:-1])

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat(timespec="milliseconds") + "Z"
