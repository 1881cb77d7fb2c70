"""JSON as text: types that read it reorder its keys, and round its numbers."""

from typing import Any

import msgspec
import orjson
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


class JsonText(TypeDecorator[Any]):
    """Any JSON, as text. Null is the database's null where `nullable`, else JSON's."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok = True

    def __init__(self, *, nullable: bool = False) -> None:
        super().__init__()
        self.nullable = nullable

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        if value is None and self.nullable:
            return None
        return msgspec.json.encode(value).decode()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)
