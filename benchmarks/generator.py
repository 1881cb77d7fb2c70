"""What the load generator costs and how punctual it is, against k6 and Locust's FastHttpUser.

All send GETs to the same local nginx. Each round runs every row once; ratios are taken within the
round. Processor time is that of the generating process alone, so a busy server or machine changes
it little. k6's requests are those that nginx counted while k6's processor time was measured: on a
busy machine it sends fewer than it is asked for.
"""

import statistics
import subprocess
import sys
import textwrap
import time

from apiforge.loadtest import runner
from apiforge.loadtest.workload import Workload
from benchmarks.measuring.answering import Answerer, answering, used_cpu
from benchmarks.rivals import k6

ROUNDS = 3
SECONDS = 4.0
SETTLE = 1.5
RATE = 3000.0
RATES = (50.0, 500.0, RATE, 10_000.0)
USERS = 200
LOCUST = """
import sys, time
from locust import FastHttpUser, task
from locust.env import Environment
import gevent

class Visitor(FastHttpUser):
    host = sys.argv[1]

    @task
    def visit(self):
        self.client.get("/")

environment = Environment(user_classes=[Visitor])
runner = environment.create_local_runner()
runner.start(20, spawn_rate=100)
gevent.sleep(1)
before, used = environment.stats.total.num_requests, time.process_time()
gevent.sleep(float(sys.argv[2]))
done = environment.stats.total.num_requests - before
print(done / (time.process_time() - used))
runner.quit()
"""


def fast_http_user(server: Answerer) -> float:
    """Requests per second of processor time of Locust's fastest client."""
    output = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(LOCUST), server.url, str(SECONDS)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return float(output)


def k6_open_model(server: Answerer) -> float:
    """The same of k6, asked for the middle rate."""
    seconds = 2 * SETTLE + SECONDS
    with k6.running(f"{server.url}/", rate=RATE, seconds=seconds, users=USERS) as run:
        time.sleep(SETTLE)
        requests, used = server.answered(), used_cpu(run.pid)
        time.sleep(SECONDS)
        requests, used = server.answered() - requests - 1, used_cpu(run.pid) - used
    return requests / used


def ours(server: Answerer, rate: float) -> dict[str, float]:
    """The same of our generator, and how late its requests left, in milliseconds."""
    workload = Workload(url=f"{server.url}/", rate=rate, duration=SECONDS, warmup=1.0)
    recording = runner.run(workload)
    whole = recording.whole()
    return {
        "per_cpu": whole.requests / (statistics.mean(recording.cpu[0]) * SECONDS),
        "cpu": statistics.mean(recording.cpu[0]),
        "sent": whole.requests / whole.due,
        "p50": (recording.lag.percentile(50) or 0.0) / 1000,
        "p99": (recording.lag.percentile(99) or 0.0) / 1000,
        "max": recording.lag.maximum / 1000,
    }


def main() -> int:
    """Print the table."""
    rows: dict[float, list[dict[str, float]]] = {rate: [] for rate in RATES}
    rivals: dict[str, list[float]] = {"k6": [], "FastHttpUser": []}
    with answering() as server:
        for _ in range(ROUNDS):
            rivals["k6"].append(k6_open_model(server))
            rivals["FastHttpUser"].append(fast_http_user(server))
            for rate in RATES:
                rows[rate].append(ours(server, rate))
    print(f"load generator against nginx, medians of {ROUNDS} interleaved rounds")
    for name, values in rivals.items():
        print(f"{name:24} {statistics.median(values):8.0f} requests per CPU-second")
    for rate, found in rows.items():
        _print_row(rate, found, rivals)
    return 0


def _print_row(rate: float, found: list[dict[str, float]], rivals: dict[str, list[float]]) -> None:
    median = {key: statistics.median(row[key] for row in found) for key in found[0]}
    against = ", ".join(
        f"{_ratio([row['per_cpu'] / other for row, other in zip(found, values, strict=True)])} "
        f"of {name}"
        for name, values in rivals.items()
    )
    print(
        f"{f'open model, {rate:.0f}/s':24} {median['per_cpu']:8.0f} requests per CPU-second:"
        f" {against}; {median['cpu']:.0%} of a core, {median['sent']:.1%} sent, lag p50"
        f" {median['p50']:.2f} p99 {median['p99']:.2f} max {median['max']:.1f} ms"
    )


def _ratio(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.1f}x ({min(ratios):.1f} to {max(ratios):.1f})"


if __name__ == "__main__":
    raise SystemExit(main())
