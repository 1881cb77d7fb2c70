"""The connection that Alembic migrates over."""

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.database.settings import DatabaseSettings

LOCK = 7_226_530_113
"""Of all processes that migrate, one goes first; the others then find nothing left to do."""


def with_connection(settings: DatabaseSettings, work: Callable[[Connection], None]) -> None:
    """Does `work` over a connection in a transaction, committed at the end."""
    asyncio.run(_run(settings, work))


async def _run(settings: DatabaseSettings, work: Callable[[Connection], None]) -> None:
    url = make_url(settings.dsn).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            await connection.run_sync(work)
    finally:
        await engine.dispose()
