"""`python -m app migrate` and `python -m app seed`."""

import asyncio
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

from app import project
from app.component import Command

if TYPE_CHECKING:
    from app.settings import Settings


def alembic_config(settings: "Settings") -> Config:
    """Alembic's configuration, for the database of these settings."""
    config = Config(project.ROOT / "alembic.ini")
    config.attributes["settings"] = settings.database
    return config


def migrate(settings: "Settings", options: Namespace) -> int:
    """Brings the tables up to date."""
    command.upgrade(alembic_config(settings), "head")
    return 0


def _seed(settings: "Settings", options: Namespace) -> int:
    # Imported here because the application imports this module.
    from app.main import create_app
    from app.resources.seeds import SEEDS
    from app.seeding import fill

    async def fill_tables() -> int:
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            made = await fill(app, SEEDS, options.rows)
            for component in app.state.components:
                await component.seed()
        return made

    started = time.monotonic()
    made = asyncio.run(fill_tables())
    print(f"{made} rows made in {time.monotonic() - started:.1f} s")
    return 0


def _seed_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=100, help="rows of each resource")


COMMANDS: Mapping[str, Command] = {
    "migrate": Command(help="bring the tables up to date", run=migrate),
    "seed": Command(help="fill the tables with rows to try", run=_seed, arguments=_seed_arguments),
}
