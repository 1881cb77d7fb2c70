"""Misbehaving servers, each in a process of its own, and a load test against them."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from apiforge.loadtest import runner, summary, targets
from apiforge.loadtest.outlook import Outlook
from apiforge.loadtest.progress import Progress
from apiforge.loadtest.workload import Workload
from tests.fake_project import FakeProject, make_project
from tests.loadtest.logged import Logged, Start
from tests.result_schema import follows_schema

SERVER = Path(__file__).parent / "servers" / "misbehaving.py"

# A wide limit on latency also widens how late the generator may be: these tests are about
# verdicts, and the machine they run on may be busy.
PATIENT = "p50<60s"

Serve = Callable[..., str]
Table = Callable[..., None]
_ROWS = pytest.StashKey[list[str]]()
_COUNTS = ("requests", "failures", "unfinished", "dropped")


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server with the given options and returns its address."""
    started: list[subprocess.Popen[str]] = []

    def start(*options: str, scheme: str = "http", host: str = "127.0.0.1") -> str:
        process = subprocess.Popen(
            [sys.executable, str(SERVER), *options], stdout=subprocess.PIPE, text=True
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
    """Adds a row to the table of servers and what was said of them, shown after the tests."""
    rows = request.config.stash.setdefault(_ROWS, [])

    def add(
        server: str,
        status: str,
        code: int,
        counts: Mapping[str, Any],
        times: Sequence[float | None],
        off: float | None = None,
    ) -> None:
        """`off`: by how much the percentile that is furthest from the truth differs from it."""
        cells = [f"{counts.get(key, '-'):>10}" for key in _COUNTS]
        cells += [f"{'-' if time is None else f'{time:.1f}':>8}" for time in [*times, off]]
        rows.append(f"{server:10} {status:8} {code:>4} {''.join(cells)}")

    return add


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    rows = config.stash.get(_ROWS, [])
    if rows:
        head = "".join(f"{key:>10}" for key in _COUNTS)
        head += "".join(f"{key:>8}" for key in ("p50", "p90", "p95", "p99", "off by"))
        terminalreporter.section("what was said of misbehaving servers, in milliseconds")
        terminalreporter.write_line(f"{'server':10} {'status':8} exit {head}")
        for row in rows:
            terminalreporter.write_line(row)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Logged] = []

    def begin(mode: str) -> Logged:
        started.append(Logged(mode, tmp_path / f"{mode}-{len(started)}.log"))
        return started[-1]

    yield begin
    for logged in started:
        logged.process.kill()
        logged.process.communicate()
