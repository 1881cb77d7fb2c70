"""What holds for every test."""

import os
import signal
import sys
from collections.abc import Iterator

import pytest

from apiforge.loadtest.awake import kept_awake

# Whoever starts the tests in the background of a shell has SIGINT ignored, and so would all that
# they start: programs that are to be interrupted could not be.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Most of a start of Python is compiling what it imports; hundreds are started here.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.fixture(autouse=True)
def processors_awake(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests that measure times are not to measure how late a busy host wakes this machine."""
    with kept_awake(None if request.node.get_closest_marker("alone") else False):
        yield
