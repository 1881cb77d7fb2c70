"""Misbehaving servers, each in a process of its own, and a load test against them."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from apiforge.loadtest import runner, summary, targets
from apiforge.loadtest.outlook import Outlook
from apiforge.loadtest.progress import Progress
from apiforge.loadtest.workload import Workload
from tests.fake_project import FakeProject, make_project
from tests.loadtest.truth_table import TITLE, Table
from tests.result_schema import follows_schema
from tests.servers.processes import end_with_parent

SERVER = Path(__file__).parent / "servers" / "misbehaving.py"

# A wide limit on latency also widens how late the generator may be: these tests are about
# verdicts, and the machine they run on may be busy.
PATIENT = "p50<60s"

Serve = Callable[..., str]
_TABLE = pytest.StashKey[Table]()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server with the given options and returns its address."""
    started: list[subprocess.Popen[str]] = []

    def start(*options: str, scheme: str = "http", host: str = "127.0.0.1") -> str:
        process = subprocess.Popen(
            [sys.executable, str(SERVER), *options],
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=end_with_parent,
        )
        started.append(process)
        assert process.stdout is not None
        return f"{scheme}://{host}:{int(process.stdout.readline())}"

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def project(tmp_path: Path) -> FakeProject:
    """One that starts without being installed."""
    return make_project(tmp_path / "fake")


def load_test(
    url: str | None = None,
    *judged_by: str,
    on_progress: Callable[[Progress], None] = runner.ignore_progress,
    abort_after: float | None = None,
    **settings: Any,
) -> dict[str, Any]:
    """Runs a short load test without warm-up and returns its result document."""
    workload = Workload(url=url, **{"warmup": 0.0, "duration": 1.0, "rate": 50.0, **settings})
    judges = [targets.parse(text) for text in (PATIENT, *(judged_by or ("errors<1%",)))]
    outlook = None if abort_after is None else Outlook(judges, workload, grace=abort_after)
    recording = runner.run(workload, on_progress=on_progress, outlook=outlook)
    document = summary.summarize(recording, judges)
    assert follows_schema(document)
    return document


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Table:
    """Of servers and what was said of them."""
    return request.config.stash.setdefault(_TABLE, Table())


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    table = config.stash.get(_TABLE, None)
    if table is not None:
        terminalreporter.section(TITLE)
        for line in table.lines:
            terminalreporter.write_line(line)
