"""How SQL is written for the driver."""

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

DIALECT = SQLiteDialect_pysqlite(paramstyle="qmark")
