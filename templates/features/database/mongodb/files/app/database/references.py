"""References: what a row refers to exists, and stays while there are such rows.

A transaction of MongoDB does not see what others do meanwhile, and only meets them where both write
the same document. So whoever refers to a row, and whoever removes it, write to a document of
`LOCKS` that stands for it: then one of them meets the other and is done again. There are several
for each row; those who refer take any one of them, so that they seldom meet each other, and those
who remove take all.
"""

from collections.abc import Iterable, Sequence, Set
from random import randrange

from bson import Binary
from pymongo import UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession

from app.database.collection import ID
from app.database.operations import Database
from app.errors import Conflict

LOCKS = "_locks"
SHARES = 8
"""Documents that stand for one row."""
MOST = 65_536
"""Documents in all; rows share them, which costs no more than a wait."""


async def refer(
    database: Database, session: AsyncClientSession | None, to: str, ids: Set[Binary]
) -> None:
    """Before rows are written that refer to these of `to`. Raises Conflict."""
    await _touch(database, session, (_first(id) + randrange(SHARES) for id in ids))
    cursor = database[to].find({ID: {"$in": list(ids)}}, {ID: 1}, session=session)
    if len(await cursor.to_list()) < len(ids):
        raise _refused()


async def free(
    database: Database,
    session: AsyncClientSession | None,
    id: Binary,
    used_in: Sequence[tuple[str, str]],
) -> None:
    """Before this row is removed; `used_in` are collections and fields. Raises Conflict."""
    await _touch(database, session, range(_first(id), _first(id) + SHARES))
    for name, place in used_in:
        using = {place: id, ID: {"$ne": id}}
        if await database[name].find_one(using, {ID: 1}, session=session) is not None:
            raise _refused()


async def _touch(
    database: Database, session: AsyncClientSession | None, locks: Iterable[int]
) -> None:
    chosen = sorted({lock % MOST for lock in locks})
    uses = [UpdateOne({ID: lock}, {"$inc": {"uses": 1}}, upsert=True) for lock in chosen]
    await database[LOCKS].bulk_write(uses, session=session)


def _first(id: Binary) -> int:
    return int.from_bytes(id, "big") % MOST


def _refused() -> Conflict:
    message = "A row referred to does not exist, or is in use."
    return Conflict(message, code="reference_conflict")
