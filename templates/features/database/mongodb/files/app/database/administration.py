"""`python -m app migrate` and `python -m app seed`."""

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from pymongo.errors import PyMongoError

from app import project
from app.component import Command
from app.database import migration
from app.database.connection import connect, database_of
from app.database.filling import SEED
from app.database.operations import Database
from app.database.settings import DatabaseSettings
from app.environment import ConfigurationError

if TYPE_CHECKING:
    from app.settings import Settings

VERSIONS = project.ROOT / "migrations" / "versions"
T = TypeVar("T")


def with_database(settings: DatabaseSettings, work: Callable[[Database], Awaitable[T]]) -> T:
    """What `work` gives, over a client of its own. Raises ConfigurationError where none answers."""

    async def run() -> T:
        # Without a deadline: making an index of many documents takes as long as it takes.
        async with connect(settings) as client:
            return await work(database_of(client, settings))

    try:
        return asyncio.run(run())
    except PyMongoError as error:
        what = f"the database at {settings.location}: {type(error).__name__}"
        raise ConfigurationError(f"{what}: {str(error).partition(',')[0]}") from error


def migrate(settings: "Settings", options: Namespace) -> int:
    """Brings the collections up to date, or takes back what came after a revision."""
    known = migration.migrations(VERSIONS)
    down_to = getattr(options, "down_to", None)

    async def work(database: Database) -> list[str]:
        if down_to is None:
            return await migration.upgrade(database, known)
        return await migration.downgrade(database, known, down_to.removeprefix("base"))

    done = with_database(settings.database, work)
    print(f"{'migrated' if down_to is None else 'taken back'}: {', '.join(done) or 'nothing'}")
    return 0


def _migrate_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--down-to", metavar="REVISION", help="take back what came after it; base: everything"
    )


COMMANDS: Mapping[str, Command] = {
    "migrate": Command(
        help="bring the collections up to date", run=migrate, arguments=_migrate_arguments
    ),
    "seed": SEED,
}
