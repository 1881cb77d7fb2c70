"""WHERE and ORDER BY of a page: filters, and the keyset that continues after a row."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, bindparam, or_, tuple_
from sqlalchemy.sql.elements import UnaryExpression

from app.listing import Filter, ListQuery
from app.schema import Row


class Shape(NamedTuple):
    """What of a ListQuery changes the text of its statement."""

    sort: str
    descending: bool
    filters: tuple[tuple[str, str, int], ...]
    """Field, operator and number of values of each."""
    after: str
    """"start", "value", or "null" when the page before ended among the nulls."""


def shape_of(query: ListQuery) -> Shape:
    """The shape; sets are rounded up to powers of two so that there are few."""
    filters = tuple((f.field, f.operator, _size(f)) for f in query.filters)
    after = "start"
    if query.after is not None:
        after = "null" if query.after.value is None else "value"
    return Shape(query.sort, query.descending, filters, after)


def values_of(query: ListQuery) -> Row:
    """The values that `conditions` names."""
    values: Row = {"limit": query.limit + 1}
    if query.after is not None:
        values.update(after_value=query.after.value, after_id=query.after.id)
    for number, one in enumerate(query.filters):
        chosen = one.value if one.operator == "in" else (one.value,)
        padded = [*chosen, *[chosen[-1]] * (_size(one) - len(chosen))]
        values.update({_name(number, index): value for index, value in enumerate(padded)})
    return values


def conditions(
    shape: Shape, columns: dict[str, Column[Any]], unique: Column[Any]
) -> list[ColumnElement[bool]]:
    """What the rows of the page meet; `unique` decides between equal ones."""
    found = [
        _filter(columns[field], operator, [_name(number, index) for index in range(size)])
        for number, (field, operator, size) in enumerate(shape.filters)
    ]
    if shape.after != "start":
        found.append(_after(shape, columns[shape.sort], unique))
    return found


def order(shape: Shape, column: Column[Any], unique: Column[Any]) -> list[UnaryExpression[Any]]:
    """Null last; stated only where there can be one, so that an index serves the others."""
    first = column.desc() if shape.descending else column.asc()
    second = unique.desc() if shape.descending else unique.asc()
    if column is unique:
        return [second]
    return [first.nulls_last() if column.nullable else first, second]


def _after(shape: Shape, column: Column[Any], unique: Column[Any]) -> ColumnElement[bool]:
    after_id = bindparam("after_id", type_=unique.type)
    after_value = bindparam("after_value", type_=column.type)
    id_follows = unique < after_id if shape.descending else unique > after_id
    if column is unique:
        return id_follows
    if shape.after == "null":
        return column.is_(None) & id_follows
    row, last = tuple_(column, unique), tuple_(after_value, after_id)
    follows: ColumnElement[bool] = row < last if shape.descending else row > last
    return or_(follows, column.is_(None)) if column.nullable else follows


def _filter(column: Column[Any], operator: str, names: Sequence[str]) -> ColumnElement[bool]:
    values = [bindparam(name, type_=column.type) for name in names]
    if operator == "in":
        return column.in_(values)
    if operator == "gte":
        return column >= values[0]
    return column <= values[0] if operator == "lte" else column == values[0]


def _size(one: Filter) -> int:
    return 1 << (len(one.value) - 1).bit_length() if one.operator == "in" else 1


def _name(number: int, index: int) -> str:
    return f"filter_{number}_{index}"
