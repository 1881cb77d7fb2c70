"""How rows' ids, moments and decimals travel: as text, the way callers are to see them.

asyncpg would make objects of them, for this service only to make text of those again: on a list of
fifty that is half of the work. Text is also exact where the objects are not: a `datetime` cannot
say every moment that PostgreSQL knows.
"""

from typing import Any

SERVER_SETTINGS = {"timezone": "UTC", "datestyle": "ISO"}
"""Of every connection, so that moments are written as `moment` reads them."""


async def use_text(connection: Any) -> None:
    """Sets a new connection up."""
    for name, decode in (("uuid", str), ("numeric", str), ("timestamptz", moment)):
        await connection.set_type_codec(
            name, schema="pg_catalog", encoder=str, decoder=decode, format="text"
        )


def moment(text: str) -> str:
    """The canonical text of `2026-11-26 18:54:49.013+00`; zeros at its end are left out there."""
    day, time = text[:10], text[11:-3]
    if len(time) == 12:
        return f"{day}T{time}Z"
    whole, _, fraction = time.partition(".")
    return f"{day}T{whole}.{fraction:0<3}Z"
