"""The connection that Alembic migrates over."""

import asyncio
import logging
from collections.abc import Callable
from hashlib import sha256

import asyncmy
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.database.dialect import teach
from app.database.server import SCHEME
from app.database.settings import SQL_MODE, DatabaseSettings

WAIT_SECONDS = 60
"""Of all processes that migrate, one goes first; the others then find nothing left to do."""


def with_connection(settings: DatabaseSettings, work: Callable[[Connection], None]) -> None:
    """Does `work` over a connection. Changes of tables are final at once, rows at the end."""
    asyncio.run(_run(settings, work))


async def _run(settings: DatabaseSettings, work: Callable[[Connection], None]) -> None:
    # The server's notes are no news: a strict session makes errors of what matters.
    logging.getLogger("asyncmy").setLevel(logging.ERROR)
    arguments = settings.arguments()
    # Changing a large table takes as long as it takes.
    arguments["init_command"] = f"SET SESSION time_zone = '+00:00', sql_mode = '{SQL_MODE}'"
    engine = create_async_engine(
        f"{SCHEME}+asyncmy://",
        poolclass=NullPool,
        async_creator=lambda: asyncmy.connect(**{**arguments, "autocommit": False}),
    )
    teach(engine.dialect)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_lock, settings.name)
            await connection.run_sync(work)
    finally:
        await engine.dispose()


def _lock(connection: Connection, database: str) -> None:
    """Held until the connection ends; the whole server shares its name of 64 characters."""
    name = f"migrate {sha256(database.encode()).hexdigest()[:32]}"
    asked = text("SELECT GET_LOCK(:name, :seconds)")
    if connection.execute(asked, {"name": name, "seconds": WAIT_SECONDS}).scalar() != 1:
        raise TimeoutError(f"another process has been migrating for {WAIT_SECONDS} s")
