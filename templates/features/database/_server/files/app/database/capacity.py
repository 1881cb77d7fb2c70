"""Whether the server has room for the connections of all workers."""

import logging

from app.database.room import room
from app.database.settings import DatabaseSettings
from app.environment import ConfigurationError

_LOGGER = logging.getLogger("app.database")


async def fitting(settings: DatabaseSettings, workers: int) -> int:
    """How many connections each worker may open, so that all fit. Raises ConfigurationError.

    A server that does not answer now refuses nothing: what does not fit then, it refuses later.
    """
    wanted = max(1, settings.database_connections // workers)
    taken = await room(settings)
    if taken is None or wanted * workers <= taken:
        return wanted
    fits = taken // workers
    if fits == 0:
        raise ConfigurationError(
            f"WORKERS is {workers}, and the database takes {taken} connections: lower WORKERS, "
            "or raise the server's max_connections"
        )
    _LOGGER.warning(
        "DATABASE_CONNECTIONS is %s, and the database takes %s: each of %s workers opens %s",
        settings.database_connections,
        taken,
        workers,
        fits,
    )
    return fits
