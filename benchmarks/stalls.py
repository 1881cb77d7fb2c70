"""How near to the truth p99 is on a server that stalls for a second in every ten, against k6.

There are two truths. By the schedule a request due in the stall waits for its end, and all others
are answered at once; no real server is so exact: it answers a hundred waiting ones one by one. By
the server's own log, of each run, it is how long each request really waited there.
Both send the same open model; k6 may have as many users as it needs.
"""

import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from apiforge.loadtest import runner
from apiforge.loadtest.workload import Workload
from benchmarks.rivals import k6

ROUNDS = 3
RATE, SECONDS = 200.0, 20.0
STALL, PERIOD = 1.0, 10.0
SERVER = Path(__file__).parent.parent / "tests/loadtest/servers/misbehaving.py"


def percentile_ms(seconds: Sequence[float], percent: float) -> float:
    """Nearest rank."""
    return 1000 * sorted(seconds)[math.ceil(percent / 100 * len(seconds)) - 1]


def scheduled() -> list[float]:
    """The waits that cannot be avoided, of a whole test."""
    moments = [number / RATE for number in range(int(RATE * SECONDS))]
    return [max(0.0, STALL - (moment + PERIOD / 2) % PERIOD) for moment in moments]


def measured(measure: Callable[[str], float]) -> tuple[float, float]:
    """What is said of a new stalling server, and what its log says of the same percentile."""
    with tempfile.TemporaryDirectory() as folder:
        times = Path(folder) / "times.json"
        server = subprocess.Popen(
            [
                *(sys.executable, str(SERVER), "--times", str(times)),
                *("--stall", f"{STALL}", "--period", f"{PERIOD}"),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert server.stdout is not None
        try:
            said = measure(f"http://127.0.0.1:{int(server.stdout.readline())}/stall")
        finally:
            server.terminate()
            server.communicate()
        # The first request begins the server's schedule: ours is not part of the test, even.
        log = json.loads(times.read_text())[1:]
    return said, percentile_ms([answered - received for received, answered in log], 99)


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
    found: dict[str, list[tuple[float, float]]] = {"apiforge": [], "k6": []}
    for _ in range(ROUNDS):
        for name, measure in (("apiforge", ours), ("k6", k6_open_model)):
            found[name].append(measured(measure))
    truth = percentile_ms(scheduled(), 99)
    print(f"stalls of {STALL:g} s in every {PERIOD:g} s at {RATE:g}/s for {SECONDS:g} s")
    print(f"p99 by the schedule {truth:7.1f} ms; medians of {ROUNDS} interleaved rounds:")
    for name, pairs in found.items():
        said = [value for value, _ in pairs]
        off = statistics.median(abs(value - truth) for value in said)
        off_log = statistics.median(abs(value - logged) for value, logged in pairs)
        print(
            f"{name:9} {statistics.median(said):7.1f} ms ({min(said):.1f} to {max(said):.1f}), "
            f"{off:.1f} ms from the schedule, {off_log:.1f} ms from the server's log"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
