"""Joins a load test that runs on another machine: one load generating process for it."""

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable

from apiforge import paths
from apiforge.errors import TargetUnreachable

Tell = Callable[[str], None]


def join(host: str, port: int, tell: Tell) -> None:
    """Generates load for the test at this address until it is over, telling what is going on.

    Raises TargetUnreachable when it ends without that, KeyboardInterrupt when interrupted.
    """
    process = subprocess.Popen(
        [sys.executable, str(paths.loadtests() / "joined.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    said = ""
    try:
        process.stdin.write(json.dumps({"host": host, "port": port}) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            said = str(json.loads(line)["state"])
            tell(said)
        code = process.wait()
    finally:
        # It ends by itself when the pipe closes; what it began ends with it.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5.0)
        process.send_signal(signal.SIGKILL)
    if code != 0:
        raise TargetUnreachable(
            f"the load test at {host}:{port} was lost: {said}",
            hint="is it still running, with --expect-workers, and reachable from here?",
        )
