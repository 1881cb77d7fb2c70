"""How many requests of each second took how long, coarsely enough to be drawn."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import Any

from apiforge.loadtest.histogram import Histogram, middle
from apiforge.loadtest.recording import Tally

_STEPS = 12
"""Buckets to each tenfold: one is about a fifth wider than the one before."""
_MOST_BUCKETS = 1 << 17
"""Beyond these are times of some hundred million years."""


def heatmap(seconds: Sequence[Tally]) -> dict[str, Any]:
    """`edges_ms` holds the limits of all buckets, one more than there are. `seconds` holds one row
    each: the number of the first bucket that is not empty, then the counts from there on; an
    empty row where nothing was measured. Counted is what `latency_ms` holds."""
    rows = [_coarse(tally.times) for tally in seconds]
    used = [step for row in rows for step in row]
    if not used:
        return {"edges_ms": [], "seconds": [[] for _ in rows]}
    first, last = min(used), max(used)
    return {
        "edges_ms": [_edge_ms(step) for step in range(first, last + 2)],
        "seconds": [_row(row, first) for row in rows],
    }


def _coarse(times: Histogram) -> dict[int, int]:
    """Counts by step, ascending. A long run has some hundred thousand buckets, so they are not
    looked at one by one: they ascend, as steps do."""
    numbers, until = times.ranked()
    counts: dict[int, int] = {}
    place = seen = 0
    while place < len(numbers):
        step = _step(numbers[place])
        place = bisect_left(numbers, _begin(step + 1), place)
        counts[step] = until[place - 1] - seen
        seen = until[place - 1]
    return counts


@cache
def _begin(step: int) -> int:
    """The first bucket of a step."""
    return bisect_left(range(_MOST_BUCKETS), step, key=_step)


@cache
def _step(number: int) -> int:
    return math.floor(_STEPS * math.log10(max(1.0, middle(number))))


def _row(counts: dict[int, int], first: int) -> list[int]:
    if not counts:
        return []
    low = min(counts)
    return [low - first, *(counts.get(step, 0) for step in range(low, max(counts) + 1))]


def _edge_ms(step: int) -> float:
    return float(f"{10 ** (step / _STEPS) / 1000:.4g}")
