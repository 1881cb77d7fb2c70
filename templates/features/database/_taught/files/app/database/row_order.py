"""Comparing rows, where the server cannot, or not with an index."""

from typing import Any

from sqlalchemy import BinaryExpression, ColumnElement, Tuple, and_, or_


def spelled_out(comparison: BinaryExpression[Any]) -> ColumnElement[Any] | None:
    """`(a, b) > (x, y)` as `(a > x OR (a = x AND b > y))`; None where no pairs are compared."""
    left, right = _elements(comparison.left), _elements(comparison.right)
    if len(left) != 2:
        return None
    compare: Any = comparison.operator
    follows = or_(compare(left[0], right[0]), and_(left[0] == right[0], compare(left[1], right[1])))
    return follows.self_group()


def _elements(side: Any) -> list[Any]:
    row = getattr(side, "element", side)
    return list(row.clauses) if isinstance(row, Tuple) else []
