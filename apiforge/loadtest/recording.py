"""What one load test measured, as it comes from the load generating process."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from math import ceil
from typing import Any, Self

from apiforge.loadtest.histogram import Histogram
from apiforge.loadtest.workload import Workload


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the requests of one endpoint, or of those due in one second.

    `requests` were due in the window and sent. `failures` of them failed, those never answered
    included. `unfinished` of the failures had no answer yet when the window closed, and got none
    in the drain that follows, at most the timeout long, or before an interruption. `dropped` were
    due and never sent. `times` holds successes, and requests never answered at the age they
    reached; `failed_times` holds answers that failed. All times count from the due moment.
    `endpoints` holds a second's part of those endpoints that are judged by the second.
    """

    requests: int = 0
    failures: int = 0
    unfinished: int = 0
    dropped: int = 0
    in_flight: int = 0
    lag: int = 0
    times: Histogram = field(default_factory=Histogram)
    failed_times: Histogram = field(default_factory=Histogram)
    endpoints: dict[str, "Tally"] = field(default_factory=dict)

    @property
    def due(self) -> int:
        """Sent or not."""
        return self.requests + self.dropped

    @property
    def succeeded(self) -> int:
        return self.requests - self.failures

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        histograms = {name: Histogram.from_json(data[name]) for name in ("times", "failed_times")}
        parts = {name: cls.from_json(part) for name, part in data.get("endpoints", {}).items()}
        return cls(**{**data, **histograms, "endpoints": parts})

    @classmethod
    def merged(cls, parts: Sequence["Tally"], *, beside: bool = False) -> "Tally":
        """All parts as one. Of parts `beside` each other in time, in several workers, the numbers
        in flight add up; otherwise the largest is that of the whole."""
        in_flight = [part.in_flight for part in parts]
        return Tally(
            requests=sum(part.requests for part in parts),
            failures=sum(part.failures for part in parts),
            unfinished=sum(part.unfinished for part in parts),
            dropped=sum(part.dropped for part in parts),
            in_flight=sum(in_flight) if beside else max(in_flight, default=0),
            lag=max((part.lag for part in parts), default=0),
            times=Histogram.merged(part.times for part in parts),
            failed_times=Histogram.merged(part.failed_times for part in parts),
            endpoints=merged_endpoints([part.endpoints for part in parts]),
        )


def merged_endpoints(parts: Sequence[Mapping[str, Tally]]) -> dict[str, Tally]:
    """What several workers counted beside each other, by endpoint."""
    names = dict.fromkeys(name for part in parts for name in part)
    return {
        name: Tally.merged([part[name] for part in parts if name in part], beside=True)
        for name in names
    }


@dataclass(slots=True, kw_only=True)
class Recording:
    """One run. `measured` is the window in seconds: shorter than planned if interrupted, or
    `aborted`, which says why: a target was out of reach.

    `cpu` holds, for each worker, its share of a core in each second of the window, `lag` how late
    requests left, `service_times` times from the sending instead of from the due moment.
    """

    workload: Workload
    started: str = ""
    measured: float = 0.0
    interrupted: bool = False
    aborted: str | None = None
    lost_workers: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    clock_jumps: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What else makes this another test than the one asked for."""
    machine: dict[str, Any] = field(default_factory=dict)
    endpoints: dict[str, Tally] = field(default_factory=dict)
    seconds: list[Tally] = field(default_factory=list)
    service_times: Histogram = field(default_factory=Histogram)
    lag: Histogram = field(default_factory=Histogram)
    errors: list[tuple[str, str, int]] = field(default_factory=list)
    cpu: list[list[float]] = field(default_factory=list)
    capacity: float | None = None
    """Requests per second that all workers together could send, measured before the test."""

    def whole(self) -> Tally:
        """All endpoints as one."""
        return Tally.merged(list(self.endpoints.values()))

    @classmethod
    def from_json(cls, workload: Workload, machine: dict[str, Any], data: dict[str, Any]) -> Self:
        """Reads what `loadtests/session.py` writes."""
        return cls(
            workload=workload,
            machine=machine,
            started=data["started"],
            measured=data["measured"],
            interrupted=data["interrupted"],
            clock_jumps=data["clock_jumps"],
            faults=data["faults"],
            warnings=data["warnings"],
            endpoints={name: Tally.from_json(part) for name, part in data["endpoints"].items()},
            # Those that an early end left out were never measured.
            seconds=[Tally.from_json(part) for part in data["seconds"][: ceil(data["measured"])]],
            service_times=Histogram.from_json(data["service_times"]),
            lag=Histogram.from_json(data["lag"]),
            errors=[(name, error, count) for name, error, count in data["errors"]],
            cpu=[data["cpu"]],
        )

    @classmethod
    def merged(cls, parts: Sequence["Recording"]) -> "Recording":
        """What several workers measured at the same time, without loss."""
        if len(parts) == 1:
            return parts[0]
        errors: Counter[tuple[str, str]] = Counter()
        for part in parts:
            errors.update({(name, text): count for name, text, count in part.errors})
        return cls(
            workload=parts[0].workload,
            machine=parts[0].machine,
            started=min(part.started for part in parts),
            measured=max(part.measured for part in parts),
            interrupted=any(part.interrupted for part in parts),
            clock_jumps=list(dict.fromkeys(jump for part in parts for jump in part.clock_jumps)),
            faults=list(dict.fromkeys(fault for part in parts for fault in part.faults)),
            warnings=list(dict.fromkeys(text for part in parts for text in part.warnings)),
            endpoints=merged_endpoints([part.endpoints for part in parts]),
            seconds=[
                Tally.merged([tally for tally in tallies if tally], beside=True)
                for tallies in zip_longest(*(part.seconds for part in parts))
            ],
            service_times=Histogram.merged(part.service_times for part in parts),
            lag=Histogram.merged(part.lag for part in parts),
            errors=[(name, text, count) for (name, text), count in errors.items()],
            cpu=[cpu for part in parts for cpu in part.cpu],
        )
