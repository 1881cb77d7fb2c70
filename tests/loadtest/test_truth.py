"""The truth of every kind of bad server: what is reported is what the server's own log says.

The log knows when each request was received and answered, on the clock that the generator uses.
Requests are due evenly, so their due moments follow from the most punctual of them. A busy machine
delays both sides after the log's moment: a run in which the generator was late is made again, and
if it is late again, is held to the truth only as closely as it was punctual.
"""

import math
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from apiforge.errors import TargetUnreachable
from apiforge.loadtest import summary, targets, verdict
from apiforge.loadtest.crew import Crew, open_crew
from apiforge.loadtest.runner import ignore_progress, ignore_warning
from apiforge.loadtest.workload import Workload
from tests.loadtest.conftest import PATIENT, Table, load_test
from tests.loadtest.logged import Log, Logged, Start

pytestmark = pytest.mark.alone

PERCENTS = {"p50": 50.0, "p90": 90.0, "p95": 95.0, "p99": 99.0}
CALM_MS = 1.5
TRIES = 2
SEEDS = range(10)
# What behaves the same each time is tested once; `make truth` does it ten times, too.
STEADY_SEEDS = range(int(os.environ.get("TRUTH_SEEDS", "1")))


@dataclass(frozen=True, kw_only=True)
class Case:
    """What must be said of a server; `failed` counts the failures that its log tells of."""

    mode: str
    status: str
    reason: str
    target: str = "errors<1%"
    seconds: float = 2.0
    rate: float = 100.0
    timeout: float = 1.0
    failed: Callable[[Log, int], int] = lambda log, requests: 0


def never_answered(log: Log, _requests: int) -> int:
    return sum(answered is None for _, answered, _ in log)


def not_ok(log: Log, _requests: int) -> int:
    return sum(status != 200 for _, _, status in log)


def not_served(log: Log, requests: int) -> int:
    return requests - len(log)


def every_one(_log: Log, requests: int) -> int:
    return requests


CASES = [
    Case(mode="steady", status="pass", reason="all 2 targets were met"),
    Case(mode="stall", status="fail", reason=r"max was \d+ms", target="max<300ms", seconds=10.0),
    Case(mode="hang", status="fail", reason="no answer within 1 s", failed=never_answered),
    Case(mode="slower", status="fail", reason=r"max was \d+ms", target="max<100ms"),
    Case(mode="reset", status="fail", reason="connection reset by peer", failed=every_one),
    Case(mode="close", status="pass", reason="all 2 targets were met"),
    Case(mode="half", status="fail", reason="before the answer was complete", failed=every_one),
    Case(mode="error", status="fail", reason="status 500", failed=not_ok),
    Case(mode="redirect", status="fail", reason="redirects are not followed", failed=not_ok),
    Case(mode="away", status="fail", reason="errors was", failed=not_served),
    Case(mode="headers", status="pass", reason="all 2 targets were met"),
]


def true_latencies(log: Log, case: Case) -> list[float]:
    """Milliseconds from due to answered, of what was answered well or never."""
    ordered = sorted(log)
    begin = min(line[0] - number / case.rate for number, line in enumerate(ordered))
    waited = []
    for number, (_, answered, status) in zip(numbers(ordered, case, begin), ordered, strict=True):
        if answered is None:
            waited.append(case.timeout * 1000)
        elif status == 200:
            waited.append((answered - begin - number / case.rate) * 1000)
    return sorted(waited)


def numbers(ordered: Log, case: Case, begin: float) -> Iterator[int]:
    """Which of those that were due each line is about. A server that went away has no lines of
    those it refused; the others were received before the next one was due."""
    if len(ordered) == case.rate * case.seconds:
        yield from range(len(ordered))
        return
    number = -1
    for received, _, _ in ordered:
        number = max(number + 1, int((received - begin) * case.rate + 1e-6))
        yield number


def differences(log: Log, case: Case, result: Any) -> dict[str, tuple[float, float]]:
    """Percentiles that are further than 2 % and 2 ms from the truth: that, and what was said."""
    times, latency = true_latencies(log, case), result["summary"]["latency_ms"]
    lag = result["generator"]["lag_p99_ms"]
    unrest = lag if lag > CALM_MS else 0.0
    found = {}
    for name in PERCENTS:
        truth = true_percentile(times, name)
        if abs(latency[name] - truth) > max(2.0, 0.02 * truth) + unrest:
            found[name] = (truth, latency[name])
    return found


def off_by(log: Log, case: Case, result: Any) -> float:
    """How far the percentile is from the truth that is furthest, in milliseconds."""
    times, latency = true_latencies(log, case), result["summary"]["latency_ms"]
    return max(abs(latency[name] - true_percentile(times, name)) for name in PERCENTS)


def true_percentile(times: list[float], name: str) -> float:
    return times[math.ceil(round(PERCENTS[name] / 100 * len(times), 6)) - 1]


def measured(crew: Crew, workload: Workload, case: Case, logged: Logged) -> tuple[Any, Log]:
    """The result and the server's log of one test, made again while the machine is not calm."""
    for _ in range(TRIES):
        recording = crew.measure(workload)
        log = logged.news()
        if (recording.lag.percentile(99) or 0) < CALM_MS * 1000:
            break
    judged_by = [targets.parse(text) for text in (PATIENT, case.target)]
    return summary.summarize(recording, judged_by), log


def workload_of(case: Case, url: str, seed: int = 1) -> Workload:
    return Workload(
        url=url,
        rate=case.rate,
        duration=case.seconds,
        warmup=0.0,
        timeout=case.timeout,
        seed=seed,
    )


def conclude(case: Case, result: Any, log: Log, table: Table) -> None:
    figures = result["summary"]
    shown = [figures["latency_ms"][name] for name in PERCENTS]
    off = off_by(log, case, result) if shown[0] is not None else None
    table(case.mode, result["verdict"]["status"], verdict.exit_code(result), figures, shown, off)
    assert result["verdict"]["status"] == case.status, result["verdict"]
    assert verdict.exit_code(result) == {"pass": 0, "fail": 3}[case.status]
    assert re.search(case.reason, "\n".join(result["verdict"]["reasons"]))
    assert figures["requests"] == case.rate * case.seconds
    assert figures["dropped"] == 0
    assert figures["failures"] == case.failed(log, figures["requests"])


@pytest.mark.parametrize("seed", STEADY_SEEDS)
@pytest.mark.parametrize("case", CASES, ids=[case.mode for case in CASES])
def test_bad_server_is_reported_as_it_was(
    case: Case, seed: int, start: Start, table: Table
) -> None:
    for _ in range(TRIES):
        logged = start(case.mode)
        workload = workload_of(case, logged.url, seed)
        with open_crew(workload, ignore_progress, ignore_warning) as crew:
            recording = crew.measure(workload)
        if (recording.lag.percentile(99) or 0) < CALM_MS * 1000:
            break
    log = logged.news()
    judged_by = [targets.parse(text) for text in (PATIENT, case.target)]
    result = summary.summarize(recording, judged_by)

    conclude(case, result, log, table)
    if case.mode in ("reset", "half", "error", "redirect"):
        assert result["summary"]["latency_ms"]["p50"] is None
        assert result["summary"]["failed_latency_ms"]["p50"] > 0
    else:
        assert differences(log, case, result) == {}


@pytest.mark.parametrize("mode", ["lognormal", "late"])
def test_random_times_are_reported_as_they_were_over_ten_seeds(
    mode: str, start: Start, table: Table
) -> None:
    case = Case(
        mode=mode, status="pass", reason="targets were met", seconds=1.0, rate=200.0, timeout=5.0
    )
    logged = start(mode)
    wrong = {}
    with open_crew(workload_of(case, logged.url), ignore_progress, ignore_warning) as crew:
        for seed in SEEDS:
            result, log = measured(crew, workload_of(case, logged.url, seed), case, logged)
            conclude(case, result, log, table)
            wrong[seed] = differences(log, case, result)

    assert {seed: found for seed, found in wrong.items() if found} == {}


def test_server_that_refuses_is_unreachable(table: Table) -> None:
    with pytest.raises(TargetUnreachable, match="connection refused") as refused:
        load_test("http://127.0.0.1:9/")

    assert refused.value.exit_code == 5
    table("refuses", "-", 5, {}, [])
