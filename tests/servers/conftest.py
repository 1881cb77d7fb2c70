"""What the tests of private servers share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from apiforge.servers.directory import throw_away_directory


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """A folder that a server's own user may enter; gone with the module's tests."""
    with throw_away_directory() as directory:
        yield directory
