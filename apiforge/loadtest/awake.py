"""Keeps a virtual machine's processors awake during a test, where its host is busy.

A virtual processor with nothing to do is given back to the host, and comes late when it is wanted
again: by 10 ms and more where other guests are busy. Then a request leaves late that was due, and
an answer is read late that had come. A process on each processor that takes only what nobody else
wants (SCHED_IDLE: sched(7)) keeps it here.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

BUSY_HOST = 0.01
_STAT = Path("/proc/stat")
_IDLE, _WAITING, _STOLEN, _TOLD = 3, 4, 7, 8
_SPIN = """\
import os, sys
parent = int(sys.argv[1])
while os.getppid() == parent:
    for _ in range(1_000_000):
        pass
"""


def stolen(file: Path = _STAT) -> tuple[float, float]:
    """Since the machine started, summed over its processors: what its host took from it while it
    had work to do, and all in which it had work to do, in ticks. Zeros where nobody tells."""
    try:
        first = file.read_text(encoding="ascii").splitlines()[0].split()
    except OSError:
        return 0.0, 0.0
    ticks = [float(number) for number in first[1 : 1 + _TOLD]]
    if len(ticks) < _TOLD:
        return 0.0, 0.0
    return ticks[_STOLEN], sum(ticks) - ticks[_IDLE] - ticks[_WAITING]


def share(before: tuple[float, float], after: tuple[float, float]) -> float:
    """What part of the work that there was in between was held up by the host, from 0 to 1."""
    worked = after[1] - before[1]
    return round((after[0] - before[0]) / worked, 4) if worked > 0 else 0.0


def has_busy_host(file: Path = _STAT) -> bool:
    """Has the host taken processors away that were wanted, noticeably often?"""
    return share((0.0, 0.0), stolen(file)) > BUSY_HOST


@contextmanager
def kept_awake(wanted: bool | None) -> Iterator[bool]:
    """Every processor that this process may use stays awake while the context lasts; whether so.

    `wanted`: None leaves it to whether the host is busy. Nothing happens where the system has no
    processes that take nothing from others, or forbids them.
    """
    chosen = has_busy_host() if wanted is None else wanted
    if not chosen or not hasattr(os, "SCHED_IDLE"):
        yield False
        return
    with ExitStack() as running:
        try:
            for processor in sorted(os.sched_getaffinity(0)):
                _spin_on(processor, running)
        except OSError:  # a container may forbid it; spinning in the way of others is no help
            running.close()
            yield False
        else:
            yield True


def _spin_on(processor: int, running: ExitStack) -> None:
    command = [sys.executable, "-I", "-S", "-c", _SPIN, str(os.getpid())]
    spinning = running.enter_context(subprocess.Popen(command, start_new_session=True))
    running.callback(spinning.kill)
    os.sched_setscheduler(spinning.pid, os.SCHED_IDLE, os.sched_param(0))
    os.sched_setaffinity(spinning.pid, {processor})
