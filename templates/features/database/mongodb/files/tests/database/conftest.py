"""The collection of `things` exists where a test asks for it."""

from collections.abc import Iterator

import pytest

from app.database import layout
from app.database.administration import with_database
from app.database.operations import Database
from app.settings import Settings
from tests.database.table import THINGS


@pytest.fixture
def things(settings: Settings) -> Iterator[None]:
    """The collection exists."""

    async def make(database: Database) -> None:
        await layout.remove(database, THINGS)
        await layout.apply(database, THINGS)

    async def remove(database: Database) -> None:
        await layout.remove(database, THINGS)

    with_database(settings.database, make)
    yield
    with_database(settings.database, remove)
