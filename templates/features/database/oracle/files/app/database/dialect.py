"""SQLAlchemy's dialect, taught what statements for the driver need."""

from functools import lru_cache
from typing import Any

from sqlalchemy import BinaryExpression, Dialect
from sqlalchemy.dialects.oracle.base import OracleIdentifierPreparer
from sqlalchemy.dialects.oracle.cx_oracle import OracleCompiler_cx_oracle
from sqlalchemy.engine import make_url

from app.database.row_order import spelled_out

RESERVED = {
    *("access", "add", "all", "alter", "and", "any", "as", "asc", "audit", "between", "by", "char"),
    *("check", "cluster", "column", "column_value", "comment", "compress", "connect", "create"),
    *("current", "date", "decimal", "default", "delete", "desc", "distinct", "drop", "else"),
    *("exclusive", "exists", "file", "float", "for", "from", "grant", "group", "having"),
    *("identified", "immediate", "in", "increment", "index", "initial", "insert", "integer"),
    *("intersect", "into", "is", "level", "like", "lock", "long", "maxextents", "minus"),
    *("mlslabel", "mode", "modify", "nested_table_id", "noaudit", "nocompress", "not", "nowait"),
    *("null", "number", "of", "offline", "on", "online", "option", "or", "order", "pctfree"),
    *("prior", "public", "raw", "rename", "resource", "revoke", "row", "rowid", "rownum", "rows"),
    *("select", "session", "set", "share", "size", "smallint", "start", "successful", "synonym"),
    *("sysdate", "table", "then", "to", "trigger", "uid", "union", "unique", "update", "user"),
    *("validate", "values", "varchar", "varchar2", "view", "whenever", "where", "with"),
}
"""All of the server's (SQL Language Reference, appendix E); SQLAlchemy knows only some."""


class Preparer(OracleIdentifierPreparer):
    """Writes names."""

    reserved_words = RESERVED


class Compiler(OracleCompiler_cx_oracle):
    """Writes SQL. Rows do not compare by `>` here, so it is `a > x OR (a = x AND b > y)`."""

    def visit_lt_binary(self, element: BinaryExpression[Any], operator: Any, **options: Any) -> str:
        return self._compared(element, "<", options)

    def visit_gt_binary(self, element: BinaryExpression[Any], operator: Any, **options: Any) -> str:
        return self._compared(element, ">", options)

    def _compared(self, element: BinaryExpression[Any], sign: str, options: dict[str, Any]) -> str:
        comparison = spelled_out(element)
        if comparison is None:
            return str(self._generate_generic_binary(element, f" {sign} ", **options))
        return str(self.process(comparison, **options))


def _dialect() -> Dialect:
    """What a statement leaves is read again: RETURNING fills variables here, not rows."""
    known: Any = make_url("oracle+oracledb://").get_dialect()
    dialect: Dialect = known(paramstyle="qmark")
    dialect.statement_compiler = Compiler
    dialect.identifier_preparer = Preparer(dialect)
    dialect.insert_returning = dialect.update_returning = False
    return dialect


DIALECT = _dialect()


@lru_cache(maxsize=4096)
def numbered(sql: str) -> str:
    """The text as the driver wants it: `?` is `:1`, `:2` … No name holds a question mark."""
    first, *rest = sql.split("?")
    return first + "".join(f":{number}{part}" for number, part in enumerate(rest, 1))
