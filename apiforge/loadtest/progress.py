"""How a load test is going, once a second."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from apiforge.loadtest.histogram import Histogram
from apiforge.loadtest.workload import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Counts are of the phase so far; rates and latencies of its last second.

    `second` of `of` seconds; `cpu` is the busiest worker's share of a core; `lag_ms` the latest
    any request left in that second. Latencies are None while nothing was answered,
    `rate_asked` in the closed model.
    """

    phase: Phase
    second: int
    of: float
    due: int
    requests: int
    failures: int
    dropped: int
    in_flight: int
    rate_asked: float | None
    rate_achieved: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    cpu: float
    lag_ms: float

    @classmethod
    def merged(cls, parts: Sequence[Mapping[str, Any]], *, rate: float | None) -> Self:
        """What the workers' `loadtests/session.py` wrote of one second, as one."""
        times = Histogram.merged(Histogram.from_json(part["times"]) for part in parts)
        values = [value / 1000 for value in times.percentiles((50, 95, 99))] if times.count else []
        p50, p95, p99 = values or (None, None, None)
        summed = ("due", "requests", "failures", "dropped", "in_flight")
        return cls(
            **{name: parts[0][name] for name in ("phase", "second", "of")},
            **{name: sum(part[name] for part in parts) for name in summed},
            rate_asked=rate,
            rate_achieved=sum(part["achieved"] for part in parts),
            p50_ms=p50,
            p95_ms=p95,
            p99_ms=p99,
            cpu=max(part["cpu"] for part in parts),
            lag_ms=max(part["lag"] for part in parts) / 1000,
        )
