"""Looking at processes by pid, waiting for what happens soon, and what must not outlive a test."""

import signal
import time
from collections.abc import Callable
from pathlib import Path

from apiforge.servers.guardian import PR_SET_PDEATHSIG, prctl


def end_with_parent() -> None:
    """As the `preexec_fn` of a process: SIGTERM reaches it when whoever started it is gone, also
    after a SIGKILL. Start it from a thread that lives as long as it should."""
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def is_alive(pid: int) -> bool:
    """A zombie is not alive: it only waits for whoever took it over."""
    try:
        return _state(Path(f"/proc/{pid}/stat")) != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def is_stopped(pid: int) -> bool:
    """All its threads are, by a signal."""
    return all(_state(file) == "T" for file in Path(f"/proc/{pid}/task").glob("*/stat"))


def _state(stat: Path) -> str:
    return stat.read_text().rpartition(")")[2].split()[0]


def eventually(claim: Callable[[], bool], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
