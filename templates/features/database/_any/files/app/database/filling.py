"""`python -m app seed`."""

import asyncio
import time
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from app.component import Command

if TYPE_CHECKING:
    from app.settings import Settings


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


SEED = Command(help="fill the database with rows to try", run=_seed, arguments=_seed_arguments)
