"""The heat map: over time, how many requests took how long. It shows what percentiles hide: two
kinds of answers, a queue that fills and empties, a few requests far from all others."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from apiforge.loadtest.reports import figures
from apiforge.loadtest.reports.charts import Tick, place, short_milliseconds
from apiforge.loadtest.reports.scales import HEIGHT
from apiforge.loadtest.reports.timeaxis import TimeAxis

LEVELS = 6
_MOST_COLUMNS = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Shade:
    """All cells of one shade as one path; `label` says how many requests that are."""

    level: int
    label: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatChart:
    """A plot of shades, on the time axis of all others."""

    key: str
    title: str
    note: str
    summary: str
    end: int
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    shades: Sequence[Shade]


def heat_chart(document: Mapping[str, Any], time: TimeAxis | None) -> HeatChart | None:
    """The heat map; None of a result that has none."""
    edges: Sequence[float] = (document.get("heatmap") or {}).get("edges_ms") or []
    if time is None or len(edges) < 2:
        return None
    rows = document["heatmap"]["seconds"]
    span = -(-len(rows) // _MOST_COLUMNS)
    cells = list(_cells(rows, span))
    most = max(cell.count for cell in cells)
    each = "one second" if span == 1 else figures.duration(span)
    low, high = figures.milliseconds(edges[0]), figures.milliseconds(edges[-1])
    return HeatChart(
        key="heat",
        title="How latency is spread",
        note=f"Each cell counts the requests of {each} that took about as long; logarithmic",
        summary=f"Requests took from {low} to {high}; "
        f"the fullest cell holds {figures.count(most)}.",
        end=time.end,
        x_ticks=time.ticks(),
        y_ticks=_ticks(edges),
        shades=_shades(cells, most, span, len(edges) - 1),
    )


@dataclass(frozen=True, slots=True)
class _Cell:
    """Where it stands, and how many requests it counts."""

    start: int
    bucket: int
    count: int


def _cells(rows: Sequence[Sequence[int]], span: int) -> Iterator[_Cell]:
    """Every cell that is not empty, `span` seconds wide."""
    for start in range(0, len(rows), span):
        counts: Counter[int] = Counter()
        for row in rows[start : start + span]:
            filled = {row[0] + at: count for at, count in enumerate(row[1:]) if count}
            counts.update(filled)
        for bucket in sorted(counts):
            yield _Cell(start, bucket, counts[bucket])


def _shades(cells: Sequence[_Cell], most: int, span: int, buckets: int) -> list[Shade]:
    limits = _limits(most)
    shades = []
    for level, (low, high) in enumerate(pairwise(limits), start=1):
        part = [cell for cell in cells if low <= cell.count < high]
        label = figures.count(low) if high == low + 1 else f"{low:,} to {high - 1:,}"
        path = "".join(_rectangle(cell, span, buckets) for cell in part)
        shades.append(Shade(level=level + LEVELS - len(limits) + 1, label=label, path=path))
    return shades


def _limits(most: int) -> list[int]:
    """Where each shade begins, each as many times the one before; the end last. A single request
    has a shade even beside thousands, since it is the few that matter."""
    steps = (round(math.exp(math.log(most + 1) * step / LEVELS)) for step in range(LEVELS))
    return [*sorted({step for step in steps if step <= most}), most + 1]


def _rectangle(cell: _Cell, span: int, buckets: int) -> str:
    """In half seconds, since a second's cell begins half a second before the point of its lines."""
    top = round(HEIGHT * (1 - (cell.bucket + 1) / buckets))
    height = round(HEIGHT * (1 - cell.bucket / buckets)) - top
    return f"M{2 * cell.start - 1} {top}h{2 * span}v{height}h-{2 * span}z"


def _ticks(edges: Sequence[float]) -> list[Tick]:
    bottom, top = math.log(edges[0]), math.log(edges[-1])
    factors = (1,) if edges[-1] / edges[0] > 500 else (1, 2, 5)
    powers = range(math.floor(math.log10(edges[0])), math.ceil(math.log10(edges[-1])) + 1)
    marks = [factor * 10.0**power for power in powers for factor in factors]
    return [
        Tick(
            place=place(1 - (math.log(mark) - bottom) / (top - bottom)),
            label=short_milliseconds(mark),
        )
        for mark in marks
        if edges[0] <= mark <= edges[-1]
    ]
