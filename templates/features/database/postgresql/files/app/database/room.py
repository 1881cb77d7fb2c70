"""How many connections the server has room for."""

import logging

import asyncpg

from app.database.settings import DatabaseSettings

ASK_WITHIN_SECONDS = 3.0
_LOGGER = logging.getLogger("app.database")
_ROOM = """
SELECT current_setting('max_connections')::int
  - current_setting('superuser_reserved_connections')::int
  - coalesce(current_setting('reserved_connections', true), '0')::int
"""


async def room(settings: DatabaseSettings) -> int | None:
    """Connections that it takes; None while it does not answer."""
    try:
        connection = await asyncpg.connect(settings.dsn, timeout=ASK_WITHIN_SECONDS)
    except (asyncpg.PostgresError, OSError, TimeoutError) as error:
        _LOGGER.warning("the database does not answer yet (%s)", type(error).__name__)
        return None
    try:
        taken: int = await connection.fetchval(_ROOM)
        return taken
    finally:
        await connection.close(timeout=ASK_WITHIN_SECONDS)
