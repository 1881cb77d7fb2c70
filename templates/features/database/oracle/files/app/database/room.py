"""How many connections the server has room for."""

import asyncio
import logging

import oracledb

from app.database.settings import DatabaseSettings

ASK_WITHIN_SECONDS = 3.0
_LIMIT = "SELECT value FROM v$parameter WHERE name = 'sessions'"
_NO_SUCH_TABLE = 942
"""What a user is told who may not read it: most may not, and then nothing is limited."""
_LOGGER = logging.getLogger("app.database")


async def room(settings: DatabaseSettings) -> int | None:
    """Sessions that it takes; None while it does not answer, or does not tell."""
    try:
        async with asyncio.timeout(ASK_WITHIN_SECONDS):
            connection = await oracledb.connect_async(**settings.arguments())
            try:
                row = await connection.fetchone(_LIMIT)
                return int(row[0]) if row else None
            finally:
                await connection.close()
    except (oracledb.Error, OSError, TimeoutError) as error:
        if getattr(error.args[0] if error.args else None, "code", 0) != _NO_SUCH_TABLE:
            _LOGGER.warning("the database does not answer yet (%s)", type(error).__name__)
        return None
