"""Migrations: numbered modules in `migrations/versions`, each done once, one process at a time.

A migration is a module called `0002_what_it_does.py` with `upgrade` and `downgrade`, both taking
the database. MongoDB makes no index in a transaction: a migration that was cut short is done again
from its start, so each of its steps must bear being done twice, as those of `Collections` here do.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from uuid import uuid4

from pymongo.errors import DuplicateKeyError

from app.database.collection import ID
from app.database.operations import Database

APPLIED = "_migrations"
LOCK = "_migrating"
LEASE = timedelta(seconds=30)
"""A process that was killed in the middle holds the others up for so long."""
ASK_EVERY = 0.1
Step = Callable[[Database], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One module: its number, and both directions."""

    revision: str
    upgrade: Step
    downgrade: Step


def migrations(folder: Path) -> list[Migration]:
    """All of a folder, the oldest first."""
    return [_read(file) for file in sorted(folder.glob("[0-9]*.py"))]


async def upgrade(database: Database, known: list[Migration]) -> list[str]:
    """Does what is missing; the revisions that were done now."""
    async with _alone(database):
        applied = await _applied(database)
        missing = [one for one in known if one.revision not in applied]
        for one in missing:
            await one.upgrade(database)
            entry = {ID: one.revision, "applied_at": datetime.now(UTC)}
            await database[APPLIED].replace_one({ID: one.revision}, entry, upsert=True)
    return [one.revision for one in missing]


async def downgrade(database: Database, known: list[Migration], to: str = "") -> list[str]:
    """Takes back, the newest first, what came after revision `to`; the revisions taken back."""
    async with _alone(database):
        applied = await _applied(database)
        later = [one for one in reversed(known) if one.revision in applied and one.revision > to]
        for one in later:
            await one.downgrade(database)
            await database[APPLIED].delete_one({ID: one.revision})
    return [one.revision for one in later]


async def _applied(database: Database) -> set[str]:
    return {str(entry[ID]) async for entry in database[APPLIED].find({}, {ID: 1})}


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[None]:
    """Of all processes that migrate, one goes first; the others then find nothing left to do."""
    me = uuid4()
    while not await _take(database, me):
        await asyncio.sleep(ASK_EVERY)
    renewing = asyncio.create_task(_renew(database, me))
    try:
        yield
    finally:
        renewing.cancel()
        await database[LOCK].delete_one({ID: LOCK, "holder": me})


async def _take(database: Database, me: object) -> bool:
    now = datetime.now(UTC)
    lease = {"$set": {"holder": me, "until": now + LEASE}}
    try:
        await database[LOCK].update_one({ID: LOCK, "until": {"$lt": now}}, lease, upsert=True)
    except DuplicateKeyError:
        return False
    return True


async def _renew(database: Database, me: object) -> None:
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 3)
        until = {"$set": {"until": datetime.now(UTC) + LEASE}}
        await database[LOCK].update_one({ID: LOCK, "holder": me}, until)


def _read(file: Path) -> Migration:
    spec = spec_from_file_location(f"migrations.{file.stem}", file)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return Migration(
        revision=file.stem.partition("_")[0],
        upgrade=module.upgrade,
        downgrade=module.downgrade,
    )
