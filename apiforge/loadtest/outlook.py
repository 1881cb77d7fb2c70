"""Whether a running test can still meet its targets, for ending it early when it cannot.

Only seconds count whose requests have all come back or timed out. A target over the whole window is
out of reach when it would be missed even if every second still to come were as good as the best one
so far: one bad moment never ends a test, since a single good second gives hope for all the rest.
A target over spans is lost when one of them has missed it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apiforge.loadtest.samples import needed
from apiforge.loadtest.targets import PERCENTILES, Target, chosen
from apiforge.loadtest.workload import Workload

GRACE = 10.0


@dataclass(frozen=True, slots=True)
class Row:
    """What became of the requests due in one second, as one target sees them.

    `times` counts the latencies, `total` is their sum in microseconds, `slow` those beyond the
    target's limit.
    """

    requests: int = 0
    failures: int = 0
    dropped: int = 0
    times: int = 0
    total: int = 0
    slow: int = 0

    def __add__(self, other: "Row") -> "Row":
        return Row(
            self.requests + other.requests,
            self.failures + other.failures,
            self.dropped + other.dropped,
            self.times + other.times,
            self.total + other.total,
            self.slow + other.slow,
        )

    @property
    def due(self) -> int:
        return self.requests + self.dropped


@dataclass(slots=True, kw_only=True)
class _Course:
    """One target so far: its measure is `sum / weight`, `best` that of its best second."""

    target: Target
    seconds: dict[int, Row] = field(default_factory=dict)
    sum: float = 0.0
    weight: float = 0.0
    best: float | None = None
    due: int = 0
    most_due: int = 0
    next_span: int = 0

    def add(self, second: int, row: Row) -> None:
        part, weight = _measure(self.target, row)
        self.sum, self.weight = self.sum + part, self.weight + weight
        self.due, self.most_due = self.due + row.due, max(self.most_due, row.due)
        if weight:
            better = max if self.target.metric == "throughput" else min
            self.best = part / weight if self.best is None else better(self.best, part / weight)
        if self.target.span:
            self.seconds[second] = row

    def is_out_of_reach(self, *, seconds: float, requests: float) -> bool:
        """Would it be missed, were all that is to come as good as the best second?"""
        if self.best is None or self.due + requests < needed(self.target):
            return False
        rest = seconds if self.target.metric == "throughput" else requests
        whole = (self.sum + self.best * rest) / (self.weight + rest)
        return not _is_within(self.target, whole)

    def missed_span(self, span: int) -> int | None:
        """The first second of a span that missed it, of those not looked at before."""
        while all((begin := self.next_span) + at in self.seconds for at in range(span)):
            row = sum((self.seconds[begin + at] for at in range(span)), Row())
            del self.seconds[begin]
            self.next_span += 1
            part, weight = _measure(self.target, row)
            weight = span if self.target.metric == "throughput" else weight
            enough = row.due >= needed(self.target)
            if enough and weight and not _is_within(self.target, part / weight):
                return begin
        return None


class Outlook:
    """Hears how a test goes, and says when it is lost."""

    def __init__(
        self, targets: Sequence[Target], workload: Workload, *, grace: float = GRACE
    ) -> None:
        """`grace`: so many seconds must be measured before anything is said."""
        self._workload = workload
        self._grace = grace
        self._courses = [_Course(target=target) for target in chosen(targets)]
        self._parts: dict[int, list[list[Row]]] = {}
        self._settled = 0
        self._missed_span: str | None = None

    @property
    def watched(self) -> list[tuple[str | None, float | None]]:
        """What each worker must tell of a second: an endpoint, None for all of them, and the limit
        of a time in microseconds."""
        return [
            (target.endpoint, target.limit * 1000 if target.unit == "ms" else None)
            for target in (course.target for course in self._courses)
        ]

    def hear(self, line: Mapping[str, Any]) -> str | None:
        """A worker's progress; why the test is lost, once it is and the grace is over."""
        for second, rows in line["settled"]:
            parts = self._parts.setdefault(second, [])
            parts.append([Row(*row) for row in rows])
            if len(parts) == self._workload.workers:
                self._settle(second, self._parts.pop(second))
        if line["phase"] != "measure" or line["second"] < self._grace:
            return None
        why = self._missed_span or self._out_of_reach()
        planned = self._workload.duration
        return why and f"it was ended after {line['second']} s of {planned:g} s: {why}"

    def _settle(self, second: int, parts: Sequence[Sequence[Row]]) -> None:
        self._settled += 1
        for course, *rows in zip(self._courses, *parts, strict=True):
            course.add(second, sum(rows, Row()))
            span = course.target.span
            begin = course.missed_span(span) if span else None
            if begin is not None and self._missed_span is None:
                text = f"{course.target.text} was missed in the {span} s from second {begin}"
                self._missed_span = text

    def _out_of_reach(self) -> str | None:
        left = max(0.0, self._workload.duration - self._settled)
        for course in self._courses:
            requests = self._still_to_come(course, left)
            if course.target.span or not course.is_out_of_reach(seconds=left, requests=requests):
                continue
            return (
                f"{course.target.text} was out of reach, even if every second to come were as "
                "good as the best one so far"
            )
        return None

    def _still_to_come(self, course: _Course, seconds: float) -> float:
        """Requests: of users who wait, and of one endpoint, as many as in its busiest second."""
        asked = self._workload.asked(self._workload.duration)
        if asked is None or course.target.endpoint:
            return course.most_due * seconds
        return max(0.0, asked * self._workload.duration - course.due)


def _measure(target: Target, row: Row) -> tuple[float, float]:
    """A part of what the target is about and its weight: requests, or for a rate one second."""
    if target.metric in PERCENTILES or target.metric == "max":
        return row.slow, row.times
    if target.metric == "mean":
        return row.total / 1000, row.times
    if target.metric == "throughput":
        return row.requests - row.failures, 1
    return 100 * (row.failures + row.dropped), row.due


def _is_within(target: Target, value: float) -> bool:
    """Does the target hold for a value of `_measure`?"""
    if target.metric in PERCENTILES:
        return value <= 1 - PERCENTILES[target.metric] / 100 + 1e-9
    if target.metric == "max":
        return value == 0
    return target.holds(100 - value if target.metric in ("success", "delivered") else value)
