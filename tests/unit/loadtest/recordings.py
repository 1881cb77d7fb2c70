"""Recordings made by hand, for tests of the judgement."""

from typing import Any

from apiforge.loadtest.histogram import Histogram
from apiforge.loadtest.recording import Recording, Tally
from apiforge.loadtest.workload import Workload

WORKLOAD = Workload(url="http://127.0.0.1:1/", rate=10, duration=10, warmup=0, timeout=2)


def histogram(*milliseconds: float) -> Histogram:
    made = Histogram()
    for value in milliseconds:
        made.record(round(value * 1000))
    return made


def recording(**changes: Any) -> Recording:
    """100 requests due in 10 s, all answered after 10 ms, sent in time by an idle generator."""
    good = histogram(*[10.0] * 100)
    values: dict[str, Any] = {
        "workload": WORKLOAD,
        "started": "2026-11-22T12:00:00.000+00:00",
        "measured": 10.0,
        "endpoints": {"GET /": Tally(requests=100, times=good)},
        "seconds": [Tally(requests=10, times=histogram(*[10.0] * 10)) for _ in range(10)],
        "service_times": good,
        "lag": histogram(*[0.1] * 100),
        "cpu": [[0.1] * 10],
    }
    return Recording(**{**values, **changes})
