"""Whether the server has room for the connections of all workers."""

import logging

import asyncpg

from app.database.settings import DatabaseSettings
from app.environment import ConfigurationError

ASK_WITHIN_SECONDS = 3.0
_LOGGER = logging.getLogger("app.database")
_ROOM = """
SELECT current_setting('max_connections')::int
  - current_setting('superuser_reserved_connections')::int
  - coalesce(current_setting('reserved_connections', true), '0')::int
"""


async def fitting(settings: DatabaseSettings, workers: int) -> int:
    """How many connections each worker may open, so that all fit. Raises ConfigurationError.

    A server that does not answer now refuses nothing: what does not fit then, it refuses later.
    """
    wanted = max(1, settings.database_connections // workers)
    room = await _room(settings)
    if room is None or wanted * workers <= room:
        return wanted
    fits = room // workers
    if fits == 0:
        raise ConfigurationError(
            f"WORKERS is {workers}, and the database takes {room} connections: lower WORKERS, "
            "or raise the server's max_connections"
        )
    _LOGGER.warning(
        "DATABASE_CONNECTIONS is %s, and the database takes %s: each of %s workers opens %s",
        settings.database_connections,
        room,
        workers,
        fits,
    )
    return fits


async def _room(settings: DatabaseSettings) -> int | None:
    try:
        connection = await asyncpg.connect(settings.dsn, timeout=ASK_WITHIN_SECONDS)
    except (asyncpg.PostgresError, OSError, TimeoutError) as error:
        _LOGGER.warning("the database does not answer yet (%s)", type(error).__name__)
        return None
    try:
        room: int = await connection.fetchval(_ROOM)
        return room
    finally:
        await connection.close(timeout=ASK_WITHIN_SECONDS)
