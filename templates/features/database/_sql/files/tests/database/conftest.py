"""The table of `things` exists where a test asks for it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from app.database.migration import with_connection
from app.settings import Settings
from tests.database.table import METADATA


@pytest.fixture
def things(settings: Settings) -> Iterator[None]:
    """The table exists."""

    def make(connection: Connection) -> None:
        METADATA.drop_all(connection)
        METADATA.create_all(connection)

    with_connection(settings.database, make)
    yield
    with_connection(settings.database, METADATA.drop_all)
