"""Prometheus text, as far as a load test needs it: samples, and what they say of each second."""

import math
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_LINE = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+(\S+)")
_OWN = 'route="/metrics"'
_WIDEST_GAP = 3.0
_BIRTH = "process_start_time_seconds"

_GAUGES = {
    "memory_bytes": "process_resident_memory_bytes",
    "in_progress": "http_requests_in_progress",
}
_CPU = "process_cpu_seconds_total"
_MEANS = {
    "handling_ms": ("http_request_duration_seconds_sum", "http_request_duration_seconds_count"),
    "database_ms": ("database_seconds_total", "http_request_duration_seconds_count"),
    "database_wait_ms": ("database_wait_seconds_total", "http_request_duration_seconds_count"),
}
_HITS, _MISSES = "cache_hits_total", "cache_misses_total"
_KNOWN = {
    *(_BIRTH, _CPU, _HITS, _MISSES, *_GAUGES.values()),
    *(name for names in _MEANS.values() for name in names),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """The known numbers at one moment, in seconds since the epoch; all labels are summed up."""

    at: float
    values: Mapping[str, float]


def read_sample(text: str, *, at: float) -> Sample | None:
    """What an exposition says; None if it says nothing that we know. Our own asking is left out."""
    values: dict[str, float] = {}
    for line in text.splitlines():
        found = _LINE.match(line)
        if found is None or found[1] not in _KNOWN or _OWN in (found[2] or ""):
            continue
        value = _number(found[3])
        if value is not None:
            values[found[1]] = values.get(found[1], 0.0) + value
    return Sample(at, values) if values else None


def per_second(samples: Sequence[Sample], *, begin: float, seconds: int) -> list[dict[str, Any]]:
    """One row for each second of the window; a key that no second has a value for is left out.

    Counters are read at both ends of a second, between two samples in proportion to the time.
    """
    curve = _Curve(samples)
    rows = [_row(curve, begin + second) for second in range(seconds)]
    known = {key for row in rows for key, value in row.items() if value is not None}
    return [
        {"second": second, **{key: value for key, value in row.items() if key in known}}
        for second, row in enumerate(rows)
    ]


def _row(curve: "_Curve", start: float) -> dict[str, float | None]:
    row: dict[str, float | None] = {"cpu": _rounded(curve.growth(_CPU, start), 4)}
    for key, name in _GAUGES.items():
        row[key] = curve.last(name, start)
    for key, (total, count) in _MEANS.items():
        row[key] = _rounded(_share(curve.growth(total, start), curve.growth(count, start)), 3, 1000)
    hits, misses = curve.growth(_HITS, start), curve.growth(_MISSES, start)
    looked = None if hits is None else hits + (misses or 0.0)
    row["cache_hits_percent"] = _rounded(_share(hits, looked), 2, 100)
    return row


class _Curve:
    """The samples over time."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._samples = samples
        self._moments = [sample.at for sample in samples]

    def last(self, name: str, start: float) -> float | None:
        """A gauge: what the last sample of this second says."""
        index = bisect_left(self._moments, start + 1) - 1
        if index < 0 or self._moments[index] < start:
            return None
        return self._samples[index].values.get(name)

    def growth(self, name: str, start: float) -> float | None:
        """A counter: how much it grew in this second; None where that is not known."""
        first = max(0, bisect_left(self._moments, start + 1e-9) - 1)
        last = bisect_left(self._moments, start + 1)
        near = self._samples[first : last + 1]
        low, high = self._at(name, start), self._at(name, start + 1)
        if low is None or high is None or any(_is_broken(*pair) for pair in pairwise(near)):
            return None
        return max(0.0, high - low)

    def _at(self, name: str, moment: float) -> float | None:
        index = bisect_left(self._moments, moment)
        if index == 0 or index == len(self._moments):
            return None
        before, after = self._samples[index - 1], self._samples[index]
        if after.at - before.at > _WIDEST_GAP or name not in after.values:
            return None
        low = before.values.get(name, 0.0)
        share = (moment - before.at) / (after.at - before.at)
        return low + share * (after.values[name] - low)


def _is_broken(before: Sample, after: Sample) -> bool:
    """Between these a process ended, or another one of several answered."""
    return before.values.get(_BIRTH) != after.values.get(_BIRTH)


def _share(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else part / whole


def _rounded(value: float | None, places: int, factor: float = 1) -> float | None:
    return None if value is None else round(factor * value, places)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
