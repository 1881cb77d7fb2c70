"""How a load test is going, once a second."""

from dataclasses import dataclass
from typing import Any, Literal, Self

from apiforge.loadtest.histogram import Histogram

Phase = Literal["warmup", "measure", "drain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Counts are of the phase so far; rates and latencies of its last second.

    `second` of `of` seconds; `cpu` is the generator's share of a core; `lag_ms` the latest any
    request left in that second. Latencies are None while nothing was answered.
    """

    phase: Phase
    second: int
    of: float
    due: int
    requests: int
    failures: int
    dropped: int
    in_flight: int
    rate_asked: float
    rate_achieved: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    cpu: float
    lag_ms: float

    @classmethod
    def from_json(cls, data: dict[str, Any], *, rate: float) -> Self:
        """Reads what `loadtests/session.py` writes."""
        times = Histogram.from_json(data["times"])
        values = [value / 1000 for value in times.percentiles((50, 95, 99))] if times.count else []
        p50, p95, p99 = values or (None, None, None)
        same = ("phase", "second", "of", "due", "requests", "failures", "dropped", "in_flight")
        return cls(
            **{name: data[name] for name in same},
            rate_asked=rate,
            rate_achieved=data["achieved"],
            p50_ms=p50,
            p95_ms=p95,
            p99_ms=p99,
            cpu=data["cpu"],
            lag_ms=data["lag"] / 1000,
        )
