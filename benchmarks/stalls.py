"""How near to the truth p99 is on a server that stalls for a second in every ten, against k6.

The truth follows from the schedule: a request due in the stall waits for its end, all others are
answered at once. Both send the same open model; k6 may have as many users as it needs.
"""

import math
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apiforge.loadtest import runner
from apiforge.loadtest.workload import Workload
from benchmarks.rivals import k6

ROUNDS = 3
RATE, SECONDS = 200.0, 20.0
STALL, PERIOD = 1.0, 10.0
SERVER = Path(__file__).parent.parent / "tests/loadtest/servers/misbehaving.py"


def truth_ms(percent: float) -> float:
    """The percentile over the whole test: nearest rank of the waits that cannot be avoided."""
    moments = [number / RATE for number in range(int(RATE * SECONDS))]
    waits = sorted(max(0.0, STALL - (moment + PERIOD / 2) % PERIOD) for moment in moments)
    return 1000 * waits[math.ceil(percent / 100 * len(waits)) - 1]


@contextmanager
def stalling() -> Iterator[str]:
    """A new stalling server's address; its schedule begins with the second request."""
    command = [sys.executable, str(SERVER), "--stall", f"{STALL}", "--period", f"{PERIOD}"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(server.stdout.readline())}/stall"
    finally:
        server.kill()
        server.communicate()


def ours(url: str) -> float:
    """p99 in milliseconds."""
    workload = Workload(url=url, rate=RATE, duration=SECONDS, warmup=0.0)
    return (runner.run(workload).whole().times.percentile(99) or 0.0) / 1000


def k6_open_model(url: str) -> float:
    """p99 in milliseconds."""
    with k6.running(url, rate=RATE, seconds=SECONDS, users=400) as run:
        return float(run.metrics()["http_req_duration"]["values"]["p(99)"])


def main() -> int:
    """Print the table."""
    found: dict[str, list[float]] = {"apiforge": [], "k6": []}
    for _ in range(ROUNDS):
        for name, measure in (("apiforge", ours), ("k6", k6_open_model)):
            with stalling() as url:
                found[name].append(measure(url))
    truth = truth_ms(99)
    print(f"stalls of {STALL:g} s in every {PERIOD:g} s at {RATE:g}/s for {SECONDS:g} s")
    print(f"true p99 {truth:7.1f} ms; medians of {ROUNDS} interleaved rounds:")
    for name, values in found.items():
        off = statistics.median(abs(value - truth) for value in values)
        print(
            f"{name:9} {statistics.median(values):7.1f} ms ({min(values):.1f} to "
            f"{max(values):.1f}), {off:.1f} ms from the truth"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
