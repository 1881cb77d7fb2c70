"""SQLAlchemy's dialect, taught what it does not know of these servers."""

import re
from typing import Any

from sqlalchemy import BinaryExpression, Dialect, Tuple, UnaryExpression, and_, or_
from sqlalchemy.dialects.mysql.base import MySQLDialect, MySQLIdentifierPreparer
from sqlalchemy.dialects.mysql.mysqldb import MySQLCompiler_mysqldb
from sqlalchemy.engine import make_url
from sqlalchemy.sql import operators


class Compiler(MySQLCompiler_mysqldb):
    """Writes SQL.

    Null is the lowest value here, and there is no NULLS LAST to say otherwise. Rows compare, but
    only with `a > x OR (a = x AND b > y)` does an index lead to the first of them.
    """

    def visit_nulls_last_op_unary_modifier(
        self, element: UnaryExpression[Any], operator: Any, **options: Any
    ) -> str:
        ordered: Any = element.element
        text: str = self.process(ordered, **options)
        if ordered.modifier is operators.desc_op:
            return text
        return f"{self.process(ordered.element.is_(None), **options)}, {text}"

    def visit_lt_binary(self, element: BinaryExpression[Any], operator: Any, **options: Any) -> str:
        return self._compared(element, "<", options)

    def visit_gt_binary(self, element: BinaryExpression[Any], operator: Any, **options: Any) -> str:
        return self._compared(element, ">", options)

    def _compared(self, element: BinaryExpression[Any], sign: str, options: dict[str, Any]) -> str:
        left, right = _elements(element.left), _elements(element.right)
        if len(left) != 2:
            return str(self._generate_generic_binary(element, f" {sign} ", **options))
        compare = element.operator
        follows = or_(
            compare(left[0], right[0]), and_(left[0] == right[0], compare(left[1], right[1]))
        )
        return str(self.process(follows.self_group(), **options))


class Preparer(MySQLIdentifierPreparer):
    """Quotes every name: each new version of the servers reserves words, LIBRARY the last time."""

    legal_characters = re.compile("(?!)")


def _elements(side: Any) -> list[Any]:
    row = getattr(side, "element", side)
    return list(row.clauses) if isinstance(row, Tuple) else []


def dialect_of(name: str) -> Dialect:
    """The dialect with this name, taught."""
    known = make_url(f"{name}+asyncmy://").get_dialect()
    dialect = known()
    teach(dialect)
    return dialect


def teach(dialect: Dialect) -> None:
    """Makes the dialect write SQL as this module wants it, also once it knows its server."""
    assert isinstance(dialect, MySQLDialect)
    dialect.statement_compiler = Compiler
    dialect.preparer = Preparer
    dialect.identifier_preparer = Preparer(dialect)
