"""Statements of SQLAlchemy Core, compiled once to text for the driver.

Building and compiling a statement costs more than running it. So a statement is compiled once for
each shape it takes, and run on the driver itself with the values of the moment.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, Dialect, Insert
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

from app.schema import Row

Processor = Callable[[Any], Any]


class Filled(NamedTuple):
    """The table that an INSERT fills, and its columns in the order of the statement's arguments."""

    table: str
    columns: list[str]


class Statement:
    """SQL for the driver, and what turns values into the driver's and back.

    `returned` are the columns of its rows; `assigned` the keys an INSERT or UPDATE sets. `filled`
    is for drivers with a faster way than INSERT for many rows.
    """

    __slots__ = ("_arguments", "_constants", "_keys", "_results", "filled", "sql")

    def __init__(
        self,
        clause: ClauseElement,
        dialect: Dialect,
        *,
        returned: Sequence[Column[Any]] = (),
        assigned: Sequence[str] | None = None,
    ) -> None:
        compiled = clause.compile(dialect=dialect, column_keys=assigned)
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        # What the statement itself brings along, as the OFFSET 0 that SQLite wants.
        self._constants = {
            name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required
        }
        self._arguments: list[tuple[str, Processor | None]] = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ]
        self.filled: Filled | None = None
        if isinstance(clause, Insert) and not returned:
            columns = [clause.table.columns[name].name for name, _ in self._arguments]
            self.filled = Filled(clause.table.name, columns)
        self._keys = [column.key for column in returned]
        self._results: list[tuple[str, Processor]] = []
        for column in returned:
            process = column.type.dialect_impl(dialect).result_processor(dialect, None)
            if process is not None:
                self._results.append((column.key, process))

    @property
    def returns(self) -> bool:
        """Does it give rows?"""
        return bool(self._keys)

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in the driver's order and types."""
        given = {**self._constants, **values} if self._constants else values
        return [
            given[name] if process is None else process(given[name])
            for name, process in self._arguments
        ]

    def rows(self, records: Iterable[Sequence[Any]]) -> list[Row]:
        """The driver's rows, by key."""
        keys = self._keys
        rows = [dict(zip(keys, record, strict=True)) for record in records]
        # A column at a time: this is the innermost loop of every list.
        for key, process in self._results:
            for row in rows:
                row[key] = process(row[key])
        return rows
