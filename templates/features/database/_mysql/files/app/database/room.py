"""How many connections the server has room for."""

import asyncio
import logging

import asyncmy
from asyncmy.errors import MySQLError

from app.database.settings import DatabaseSettings

ASK_WITHIN_SECONDS = 3.0
_LOGGER = logging.getLogger("app.database")


async def room(settings: DatabaseSettings) -> int | None:
    """Connections that it takes; None while it does not answer."""
    try:
        async with (
            asyncio.timeout(ASK_WITHIN_SECONDS),
            asyncmy.connect(**settings.arguments()) as connection,
            connection.cursor() as cursor,
        ):
            await cursor.execute("SELECT @@max_connections")
            return int((await cursor.fetchone())[0])
    except (MySQLError, OSError, TimeoutError) as error:
        _LOGGER.warning("the database does not answer yet (%s)", type(error).__name__)
        return None
