"""The load generator goes before what it tests where the system permits it, and else beside it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from apiforge.servers.guardian import prctl
from tests.loadtest.conftest import Serve

PR_CAPBSET_DROP, CAP_SYS_NICE = 24, 23  # <linux/prctl.h>, <linux/capability.h>
HIGHEST, STEPS = -20, 10
ROOT = Path(__file__).parents[2]
# Says how nice it is, how nice its load generator was, and whether it may be less nice than it is.
PROGRAM = """
import os, sys
import psutil
from apiforge.loadtest import runner
from apiforge.loadtest.workload import Workload
from tests.loadtest.test_generator_faults import engine_of
seen = []
workload = Workload(url=sys.argv[1], rate=20, duration=1, warmup=0)
runner.run(workload, on_progress=lambda _: seen.append(engine_of(psutil.Process()).nice()))
own = os.nice(0)
try:
    os.nice(-1)
except PermissionError:
    print(own, seen[0], 0)
else:
    print(own, seen[0], 1)
"""


def niceness(url: str, before: Callable[[], None] | None = None) -> tuple[int, int, bool]:
    """Of a program and of its load generator, and whether it is permitted to lower its own."""
    command = [sys.executable, "-c", PROGRAM, url]
    told = subprocess.check_output(command, cwd=ROOT, text=True, preexec_fn=before)
    own, engine, may = map(int, told.split())
    return own, engine, bool(may)


def test_generator_takes_precedence_where_it_may(serve: Serve) -> None:
    own, engine, may = niceness(f"{serve()}/")

    assert engine == (max(HIGHEST, own - STEPS) if may else own)


def test_generator_goes_on_where_it_may_not(serve: Serve) -> None:
    own, engine, may = niceness(f"{serve()}/", lambda: prctl(PR_CAPBSET_DROP, CAP_SYS_NICE))

    assert not may
    assert engine == own
