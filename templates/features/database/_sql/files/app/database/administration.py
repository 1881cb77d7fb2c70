"""`python -m app migrate` and `python -m app seed`."""

from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING

from app import project
from app.component import Command
from app.database.filling import SEED

if TYPE_CHECKING:
    from alembic.config import Config

    from app.settings import Settings


def alembic_config(settings: "Settings") -> "Config":
    """Alembic's configuration, for the database of these settings."""
    from alembic.config import Config  # here, for the service itself has no use for its 6 MB

    config = Config(project.ROOT / "alembic.ini")
    config.attributes["settings"] = settings.database
    return config


def migrate(settings: "Settings", options: Namespace) -> int:
    """Brings the tables up to date."""
    from alembic import command

    command.upgrade(alembic_config(settings), "head")
    return 0


COMMANDS: Mapping[str, Command] = {
    "migrate": Command(help="bring the tables up to date", run=migrate),
    "seed": SEED,
}
