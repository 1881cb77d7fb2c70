"""What holds for every test."""

import os
import signal
import sys
from collections.abc import Iterator

import pytest
from xdist.remote import Producer

from apiforge.loadtest.awake import kept_awake
from tests.scheduling import Together

# Whoever starts the tests in the background of a shell has SIGINT ignored, and so would all that
# they start: programs that are to be interrupted could not be.
signal.signal(signal.SIGINT, signal.default_int_handler)
# The same of SIGHUP under nohup, which is to keep the tests themselves: a handler is not inherited.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda number, frame: None)

# Most of a start of Python is compiling what it imports; hundreds are started here.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Their tests take long, and share nothing.
APART = ("test_pairs.py", "test_schemathesis.py", "test_cache.py", "test_cache_outage.py")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together | None:
    """With `--dist loadscope` a file stays in one process, but for those of APART."""
    return Together(config, log, scope_of) if config.getvalue("dist") == "loadscope" else None


def scope_of(nodeid: str) -> str:
    file = nodeid.partition("::")[0]
    return nodeid if file.endswith(APART) else file


@pytest.fixture(autouse=True)
def processors_awake(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests that measure times are not to measure how late a busy host wakes this machine."""
    with kept_awake(None if request.node.get_closest_marker("alone") else False):
        yield
