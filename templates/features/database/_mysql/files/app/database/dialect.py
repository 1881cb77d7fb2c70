"""SQLAlchemy's dialect, taught what it does not know of these servers."""

import re
from typing import Any

from sqlalchemy import BinaryExpression, Dialect, UnaryExpression
from sqlalchemy.dialects.mysql.base import MySQLDialect, MySQLIdentifierPreparer
from sqlalchemy.dialects.mysql.mysqldb import MySQLCompiler_mysqldb
from sqlalchemy.engine import make_url
from sqlalchemy.sql import operators

from app.database.row_order import spelled_out
from app.database.server import SCHEME


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
        comparison = spelled_out(element)
        if comparison is None:
            return str(self._generate_generic_binary(element, f" {sign} ", **options))
        return str(self.process(comparison, **options))


class Preparer(MySQLIdentifierPreparer):
    """Quotes every name: each new version of the servers reserves words, LIBRARY the last time."""

    legal_characters = re.compile("(?!)")


def teach(dialect: Dialect) -> None:
    """Makes the dialect write SQL as this module wants it, also once it knows its server."""
    assert isinstance(dialect, MySQLDialect)
    dialect.statement_compiler = Compiler
    dialect.preparer = Preparer
    dialect.identifier_preparer = Preparer(dialect)


DIALECT = make_url(f"{SCHEME}+asyncmy://").get_dialect()()
teach(DIALECT)
