"""What must be said of a server that misbehaves, by its own log.

The log knows when each request was received and answered, on the clock that the generator uses.
Requests are due evenly, so their due moments follow from the most punctual of them.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apiforge.loadtest import verdict
from apiforge.loadtest.workload import Workload
from tests.loadtest.logged import Log

PERCENTS = {"p50": 50.0, "p90": 90.0, "p95": 95.0, "p99": 99.0}
EXIT_CODES = {"pass": 0, "fail": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A way to misbehave, the test of it, and what must be said."""

    mode: str
    status: str
    reason: str
    target: str = "errors<1%"
    seconds: float = 2.0
    rate: float = 100.0
    timeout: float = 1.0
    seeds: range = range(1)

    @property
    def requests(self) -> int:
        return round(self.rate * self.seconds)

    def workload(self, url: str, seed: int) -> Workload:
        return Workload(
            url=url,
            rate=self.rate,
            duration=self.seconds,
            warmup=0.0,
            timeout=self.timeout,
            seed=seed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentile:
    """One that was reported, beside the true one, in milliseconds."""

    name: str
    told: float
    truth: float

    @property
    def off_by(self) -> float:
        return abs(self.told - self.truth)

    @property
    def allowed(self) -> float:
        """2 % or 2 ms, the larger."""
        return max(2.0, 0.02 * self.truth)

    @property
    def is_right(self) -> bool:
        return self.off_by <= self.allowed

    def __str__(self) -> str:
        return f"{self.name} was said to be {self.told:.1f} ms and was {self.truth:.1f} ms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Of the test from one seed; it was made `again` so often because it called itself invalid."""

    case: Case
    seed: int
    result: dict[str, Any]
    log: Log
    again: int

    @property
    def status(self) -> str:
        return str(self.result["verdict"]["status"])

    @property
    def exit_code(self) -> int:
        return verdict.exit_code(self.result)

    def complaints(self) -> list[str]:
        """What was said and is not so."""
        return [*self._wrong_verdict(), *self._wrong_counts(), *self._wrong_percentiles()]

    def percentiles(self) -> list[Percentile]:
        """None where nothing was answered well."""
        times, latency = self._latencies(), self.result["summary"]["latency_ms"]
        if not times or latency["p50"] is None:
            return []
        return [
            Percentile(name=name, told=latency[name], truth=percentile(times, percent))
            for name, percent in PERCENTS.items()
        ]

    def _wrong_verdict(self) -> Iterator[str]:
        reasons, case = self.result["verdict"]["reasons"], self.case
        if self.status != case.status:
            yield f"it was said to be {self.status}: {reasons}"
        elif self.exit_code != EXIT_CODES[case.status]:
            yield f"the exit code was {self.exit_code}"
        elif not re.search(case.reason, "\n".join(reasons)):
            yield f"nothing was said of {case.reason!r}: {reasons}"

    def _wrong_counts(self) -> Iterator[str]:
        figures, silent = self.result["summary"], self._never_answered()
        fast = self._failed_fast()
        true = {"requests": self.case.requests, "dropped": 0, "failures": len(silent) + fast}
        for name, count in true.items():
            if figures[name] != count:
                yield f"{figures[name]} were said to be {name}, and {count} were"
        at_end = sum(due > self.case.seconds - self.case.timeout for due in silent)
        # One may be given up in the very moment in which the window ends.
        if abs(figures["unfinished"] - at_end) > 1:
            yield f"{figures['unfinished']} were said to be unfinished, and {at_end} were"

    def _wrong_percentiles(self) -> Iterator[str]:
        figures = self.result["summary"]
        known = {"latency_ms": self._latencies(), "failed_latency_ms": self._failed_fast()}
        for name, is_known in known.items():
            if bool(is_known) != (figures[name]["p50"] is not None):
                yield f"{name} is missing, or holds what nobody can know: {figures[name]}"
        yield from (str(one) for one in self.percentiles() if not one.is_right)

    def _never_answered(self) -> list[float]:
        """When they were due."""
        return [due for due, answered, _ in self._lines() if answered is None]

    def _failed_fast(self) -> int:
        """How many were refused, cut off, or answered with an error."""
        badly = [line for line in self.log if line[1] is not None and line[2] != 200]
        return self.case.requests - len(self.log) + len(badly)

    def _latencies(self) -> list[float]:
        """Milliseconds from due to answered, of what was answered well or never."""
        waited = []
        for due, answered, status in self._lines():
            if answered is None:
                waited.append(self.case.timeout * 1000)
            elif status == 200:
                waited.append((answered - due) * 1000)
        return sorted(waited)

    def _lines(self) -> list[tuple[float, float | None, int | None]]:
        """Of each request that was received: when it was due, when its answer left, its status;
        in seconds after the first was due."""
        rate = self.case.rate
        ordered = sorted(self.log, key=lambda line: line[0])
        begin = min((line[0] - number / rate for number, line in enumerate(ordered)), default=0.0)
        return [
            (number / rate, None if answered is None else answered - begin, status)
            for number, (_, answered, status) in zip(
                self._numbers(ordered, begin), ordered, strict=True
            )
        ]

    def _numbers(self, ordered: Log, begin: float) -> Iterator[int]:
        """Which of those that were due each line is about. A server that went away has no lines of
        those it refused; the others were received before the next one was due."""
        if len(ordered) == self.case.requests:
            yield from range(len(ordered))
            return
        number = -1
        for received, _, _ in ordered:
            number = max(number + 1, int((received - begin) * self.case.rate + 1e-6))
            yield number


def percentile(times: list[float], percent: float) -> float:
    return times[math.ceil(round(percent / 100 * len(times), 6)) - 1]
