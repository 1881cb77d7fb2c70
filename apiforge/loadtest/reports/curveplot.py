"""The percentile curve: how slow the slowest tenth, hundredth, thousandth is."""

from collections.abc import Mapping
from typing import Any

from apiforge.loadtest.reports import figures, scales, trust
from apiforge.loadtest.reports.charts import (
    Chart,
    Mark,
    Tick,
    Trace,
    line,
    place,
    short_milliseconds,
    y_ticks,
)
from apiforge.loadtest.reports.columns import Columns, present
from apiforge.loadtest.reports.scales import Scale

_MARKS = (0.0, 50.0, 90.0, 99.0, 99.9, 99.99, 99.999)


def curve_chart(document: Mapping[str, Any], columns: Columns) -> Chart | None:
    """Latency by percentile, each further nine as wide as the one before."""
    if len(columns["x"]) < 2:
        return None
    end = max(columns["x"][-1], 1)
    limits = _limits(document, end)
    before = present(columns, ["baseline"]) if "baseline" in columns else []
    values = [*columns["latency"], *before, *(limit.milliseconds for _, limit in limits)]
    scale = scales.fitting(values)
    path = line(columns["x"], columns["latency"], scale)
    highest = figures.milliseconds((document["summary"].get("latency_ms") or {}).get("max"))
    return Chart(
        key="curve",
        title="Latency by percentile",
        note=scales.named("Every further nine has the same width", scale),
        summary=f"Up to p{columns['percent'][-1]:g}, where one request is left; "
        f"the slowest took {highest}.",
        data="curve",
        end=end,
        x_ticks=[
            Tick(place=place(x), label=f"{percent:g}%")
            for percent in _MARKS
            if (x := _share_of(percent, end)) <= 1
        ],
        y_ticks=y_ticks(scale, short_milliseconds),
        traces=[
            Trace(key="latency", label="latency", unit="ms", overall="", path=path),
            *_baseline(columns, scale),
        ],
        marks=[_mark(x, limit, scale) for x, limit in limits],
    )


def _share_of(percent: float, end: float) -> float:
    """Where a percentile stands, as a share of the width; above 1 it is not shown."""
    return 1000 * scales.nines(percent) / end


def _limits(document: Mapping[str, Any], end: float) -> list[tuple[float, trust.Limit]]:
    """What targets allow at percentiles that are shown, each with its place."""
    placed = [
        (_share_of(limit.percent, end), limit)
        for limit in trust.overall_limits(document)
        if limit.percent is not None
    ]
    return [(x, limit) for x, limit in placed if x <= 1]


def _mark(x: float, limit: trust.Limit, scale: Scale) -> Mark:
    y = place(1 - scale.share(limit.milliseconds))
    return Mark(x=place(x), y=y, label=limit.text, met=limit.met)


def _baseline(columns: Columns, scale: Scale) -> list[Trace]:
    """The same of the run it is compared with."""
    if "baseline" not in columns:
        return []
    path = line(columns["x"], columns["baseline"], scale)
    return [Trace(key="baseline", label="baseline", unit="ms", overall="", path=path)]
