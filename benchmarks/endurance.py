"""A long run: how memory grows, how soon after a million requests the result is there, and what a
hundred requests per second cost the whole machine.

    python -m benchmarks.endurance [SECONDS]

Without SECONDS the run is as long as a million requests take.
"""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from apiforge.loadtest import runner
from apiforge.loadtest.summary import summarize
from apiforge.loadtest.workload import Workload
from benchmarks.measuring.answering import Answerer, answering, used_cpu

RATE, REQUESTS = 8000.0, 1_000_000
LOW_RATE, LOW_SECONDS = 100.0, 10.0
EVERY = 1.0
SETTLED = 0.2
"""The part of the run after which memory is looked at."""


@contextmanager
def memory_watched() -> Iterator[list[float]]:
    """MB of this process and those below it, about once a second while the context lasts."""
    seen: list[float] = []
    stopped = threading.Event()
    own = psutil.Process()

    def watch() -> None:
        while not stopped.wait(EVERY):
            family = [own, *own.children(recursive=True)]
            python = [one for one in family if "nginx" not in one.name()]
            seen.append(sum(one.memory_full_info().uss for one in python) / 1e6)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        stopped.set()
        thread.join()


def long_run(server: Answerer, seconds: float) -> None:
    """One run from begin to result, and its figures."""
    workload = Workload(url=f"{server.url}/", rate=RATE, duration=seconds, warmup=1.0)
    ended = [0.0]

    def note_end(progress: object) -> None:
        ended[0] = time.monotonic()

    with memory_watched() as seen:
        recording = runner.run(workload, on_progress=note_end)
        document = summarize(recording, [])
    closing = time.monotonic() - ended[0]
    settled = seen[int(SETTLED * len(seen)) :]
    verdict = document["verdict"]
    print(
        f"{recording.whole().requests:,} requests in {seconds:.0f} s at {RATE:,.0f}/s: the result "
        f"was there {closing:.2f} s after the last second was told"
    )
    print(f"verdict: {verdict['status']}, {'; '.join(verdict['reasons'])}")
    print(
        f"memory of command and generator: {settled[0]:.0f} MB after {SETTLED:.0%} of the run, "
        f"{settled[-1]:.0f} MB at its end, {max(settled):.0f} MB at most"
    )


def idle_share(server: Answerer) -> None:
    """What a low rate leaves of the machine."""
    own, used = os.getpid(), 0.0
    before = used_cpu(own)
    workload = Workload(url=f"{server.url}/", rate=LOW_RATE, duration=LOW_SECONDS, warmup=1.0)
    recording = runner.run(workload)
    # The generator's own time is in the recording: it has ended, and is no child any more.
    used = sum(map(sum, recording.cpu)) + used_cpu(own) - before
    share = used / (LOW_SECONDS * (os.cpu_count() or 1))
    print(f"{LOW_RATE:g}/s leave {1 - share:.1%} of the machine idle, nginx included")


def main(arguments: list[str]) -> int:
    """Print the figures."""
    seconds = float(arguments[0]) if arguments else REQUESTS / RATE
    with answering() as server:
        long_run(server, seconds)
        idle_share(server)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
