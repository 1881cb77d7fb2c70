"""Misbehaving servers, each in a process of its own, and a load test against them."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from apiforge.loadtest import runner, summary, targets
from apiforge.loadtest.progress import Progress
from apiforge.loadtest.workload import Workload
from tests.result_schema import follows_schema

SERVER = Path(__file__).parent / "servers" / "misbehaving.py"

# A wide limit on latency also widens how late the generator may be: these tests are about
# verdicts, and the machine they run on may be busy.
PATIENT = "p50<60s"

Serve = Callable[..., str]
Judge = Callable[..., dict[str, Any]]


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


def load_test(
    url: str | None = None,
    *judged_by: str,
    on_progress: Callable[[Progress], None] = runner.ignore_progress,
    **settings: Any,
) -> dict[str, Any]:
    """Runs a short load test without warm-up and returns its result document."""
    workload = Workload(url=url, **{"warmup": 0.0, "duration": 1.0, "rate": 50.0, **settings})
    recording = runner.run(workload, on_progress=on_progress)
    texts = [PATIENT, *(judged_by or ("errors<1%",))]
    document = summary.summarize(recording, [targets.parse(text) for text in texts])
    assert follows_schema(document)
    return document
