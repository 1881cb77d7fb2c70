"""The plots with a line for each variant: latency by percentile, latency by rate."""

import math
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from apiforge.compare.reports.tables import highest
from apiforge.loadtest.reports import figures, scales
from apiforge.loadtest.reports.charts import (
    Chart,
    Tick,
    Trace,
    line,
    place,
    short_milliseconds,
    y_ticks,
)

Columns = dict[str, list[float | None]]
COLOURS = 8
_WIDTH = 1000
_BIN = 1.1  # rates this close are one point
_MARKS = (0.0, 50.0, 90.0, 99.0, 99.9, 99.99)


def measured(document: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The variants that have anything to plot, each with the key of its colour: v1, v2, …"""
    keyed = [(f"v{index % COLOURS + 1}", it) for index, it in enumerate(document["variants"])]
    return [(key, it) for key, it in keyed if it["percentiles"]]


def percentile_columns(document: Mapping[str, Any]) -> Columns:
    """Latency by percentile, a column for each variant; `x` in thousandths of a nine.

    None where less than one request of the variant would be left.
    """
    shown = measured(document)
    percents = sorted({percent for _, it in shown for percent, _ in it["percentiles"]})
    ends = {key: _finest(it) for key, it in shown}
    there = [percent for percent in percents if percent <= max(ends.values(), default=0.0)]
    columns: Columns = {
        "x": [round(1000 * scales.nines(percent)) for percent in there],
        "percent": list(there),
    }
    for key, it in shown:
        values = dict(it["percentiles"])
        columns[key] = [values.get(percent) if percent <= ends[key] else None for percent in there]
    return columns


def _finest(variant: Mapping[str, Any]) -> float:
    requests = variant["requests"]
    return 100 * (1 - 1 / requests) if requests > 1 else 0.0


def percentile_chart(document: Mapping[str, Any], columns: Columns) -> Chart | None:
    """The distributions side by side; each further nine as wide as the one before."""
    if len(columns["x"]) < 2:
        return None
    xs = [round(x or 0) for x in columns["x"]]
    end = max(xs[-1], 1)
    shown = measured(document)
    scale = scales.fitting(_numbers(columns[key] for key, _ in shown))
    return Chart(
        key="percentiles",
        title="Latency by percentile",
        note=scales.named("All rounds together; every further nine has the same width", scale),
        summary=_spoken(shown),
        data="curve",
        end=end,
        x_ticks=[
            Tick(place=place(1000 * scales.nines(mark) / end), label=f"{mark:g}%")
            for mark in _MARKS
            if 1000 * scales.nines(mark) <= end
        ],
        y_ticks=y_ticks(scale, short_milliseconds),
        traces=[
            Trace(
                key=key,
                label=it["label"],
                unit="ms",
                overall=f"p95 {figures.milliseconds(it['latency_ms']['p95'])}",
                path=line(xs, columns[key], scale),
            )
            for key, it in shown
        ],
    )


def _spoken(shown: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    parts = (
        f"{it['label']} p95 {figures.milliseconds(it['latency_ms']['p95'])}" for _, it in shown
    )
    return "; ".join(parts)


def rate_columns(document: Mapping[str, Any]) -> Columns:
    """The p95 by rate, a column for each variant: the median of what was tried near a rate."""
    shown = measured(document)
    points = {key: _points(document, it) for key, it in shown}
    rates = sorted({rate for those in points.values() for rate in those})
    if len(rates) < 2:
        return {"x": [], "rate": []}
    low, high = math.log(rates[0]), math.log(rates[-1])
    columns: Columns = {
        "x": [round(_WIDTH * (math.log(rate) - low) / (high - low)) for rate in rates],
        "rate": [float(f"{rate:.4g}") for rate in rates],
    }
    for key, those in points.items():
        columns[key] = [those.get(rate) for rate in rates]
    return columns


def _points(document: Mapping[str, Any], variant: Mapping[str, Any]) -> dict[float, float]:
    tried: dict[int, list[float]] = defaultdict(list)
    asked = document["asked"]["rate"]
    for one in variant["rounds"]:
        pairs = [(probe["rate"], probe["p95_ms"]) for probe in one["probes"]]
        if one["valid"]:
            pairs.append((asked, one["latency_ms"]["p95"]))
        for rate, p95 in pairs:
            if p95 is not None:
                tried[round(math.log(rate / asked, _BIN))].append(p95)
    return {asked * _BIN**step: statistics.median(those) for step, those in sorted(tried.items())}


def rate_chart(document: Mapping[str, Any], columns: Columns) -> Chart | None:
    """How latency rises with the rate, up to where the targets break."""
    if len(columns["x"]) < 2:
        return None
    shown = measured(document)
    scale = scales.fitting(_numbers(columns[key] for key, _ in shown))
    limits = [
        (target["text"], target["limit"])
        for target in shown[0][1]["targets"]
        if target["metric"] == "p95" and ":" not in target["text"]
    ]
    return Chart(
        key="rates",
        title="p95 by rate",
        note="Medians of all rounds at the asked rate and in search of the highest; "
        + ("both axes are" if isinstance(scale, scales.Logarithmic) else "the rate is")
        + " logarithmic",
        summary="; ".join(f"{it['label']} up to {highest(it)}/s" for _, it in shown),
        data="rates",
        end=_WIDTH,
        x_ticks=_rate_ticks(columns),
        y_ticks=y_ticks(scale, short_milliseconds),
        traces=[
            Trace(
                key=key,
                label=it["label"],
                unit="ms",
                overall=f"up to {highest(it)}/s",
                path=line(*_there(columns, key), scale),
            )
            for key, it in shown
        ],
        limits=[Tick(place=place(1 - scale.share(limit)), label=text) for text, limit in limits],
    )


def _there(columns: Columns, key: str) -> tuple[list[int], list[float | None]]:
    """Without its gaps: a variant has no point where only others were tried."""
    pairs = [
        (round(x or 0), value)
        for x, value in zip(columns["x"], columns[key], strict=True)
        if value is not None
    ]
    return [x for x, _ in pairs], [value for _, value in pairs]


def _rate_ticks(columns: Columns) -> list[Tick]:
    rates = [rate for rate in columns["rate"] if rate is not None]
    low, high = math.log(rates[0]), math.log(rates[-1])
    powers = range(math.floor(math.log10(rates[0])), math.ceil(math.log10(rates[-1])) + 1)
    round_ones = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    return [
        Tick(place=place((math.log(rate) - low) / (high - low)), label=f"{rate:g}/s")
        for rate in round_ones
        if rates[0] <= rate * 1.001 and rate <= rates[-1] * 1.001
    ]


def _numbers(columns: Any) -> list[float]:
    return [value for column in columns for value in column if value is not None]
