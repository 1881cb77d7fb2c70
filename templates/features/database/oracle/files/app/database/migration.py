"""The connection that Alembic migrates over."""

import asyncio
from collections.abc import Callable
from typing import Any

import oracledb
from sqlalchemy import Column, Connection, Integer, Table, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from app.database.connections import SESSION
from app.database.dialect import Preparer
from app.database.metadata import METADATA
from app.database.settings import DatabaseSettings

WAIT_SECONDS = 60
"""Of all processes that migrate, one goes first; the others then find nothing left to do."""
LOCK = Table("alembic_lock", METADATA, Column("id", Integer, primary_key=True))
"""Locked by a second connection: a change of a table ends the transaction it is made in."""
_MAKE = """
BEGIN
  EXECUTE IMMEDIATE 'CREATE TABLE alembic_lock (id INTEGER PRIMARY KEY)';
EXCEPTION
  WHEN OTHERS THEN
    IF SQLCODE != -955 THEN RAISE; END IF;
END;
"""


def with_connection(settings: DatabaseSettings, work: Callable[[Connection], None]) -> None:
    """Does `work` over a connection. Changes of tables are final at once, rows at the end."""
    asyncio.run(_run(settings, work))


async def _run(settings: DatabaseSettings, work: Callable[[Connection], None]) -> None:
    engine = _engine(settings)
    try:
        async with engine.connect() as holder, engine.begin() as connection:
            await holder.exec_driver_sql(_MAKE)
            await holder.exec_driver_sql(
                f"LOCK TABLE alembic_lock IN EXCLUSIVE MODE WAIT {WAIT_SECONDS}"
            )
            await connection.run_sync(work)
    finally:
        await engine.dispose()


def _engine(settings: DatabaseSettings) -> AsyncEngine:
    async def connect() -> Any:
        return await oracledb.connect_async(**settings.arguments())

    engine = create_async_engine(
        "oracle+oracledb_async://", poolclass=NullPool, async_creator=connect
    )
    dialect = engine.sync_engine.dialect
    dialect.identifier_preparer = Preparer(dialect)
    event.listen(engine.sync_engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(SESSION)
    cursor.close()
