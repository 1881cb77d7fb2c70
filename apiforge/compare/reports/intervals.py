"""The plot of differences: each ratio with its interval, beside the line of no difference."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apiforge.compare.reports.tables import METRICS
from apiforge.loadtest.reports.charts import Tick, place

_LEAST = 1.1  # the plot reaches at least this far to both sides
_MOST = 20.0
_RATIOS = (0.05, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2, 3, 5, 10, 20)
_FEWEST_APART = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One difference; places in percent from the left. `state` is its colour."""

    label: str
    verdict: str
    state: str
    low: str
    high: str
    ratio: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """A group of differences in one metric, on one scale; the band is what does not matter."""

    title: str
    note: str
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    one: str
    band: tuple[str, str]


def interval_plots(document: Mapping[str, Any]) -> list[Intervals]:
    """One for each metric that is judged, as far as there is anything to show."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in document["differences"]:
        if one["low"] is not None:
            found.setdefault(one["metric"], []).append(one)
    smallest = document["asked"]["smallest_difference"]
    return [_plot(metric, those, smallest) for metric, those in found.items()]


def _plot(metric: str, those: list[Mapping[str, Any]], smallest: float) -> Intervals:
    widest = max(max(one["high"], 1 / one["low"]) for one in those)
    reach = math.log(min(_MOST, max(_LEAST, widest * 1.03)))
    better = "lower is better" if metric == "p95" else "higher is better"
    return Intervals(
        title=f"{METRICS[metric]}: a divided by b",
        note=f"{better} for a; the interval of a called difference does not reach 1, and its "
        f"dot stands outside the band of {100 * smallest:g} %",
        bars=tuple(_bar(one, reach) for one in those),
        ticks=_ticks(reach),
        one=_at(1.0, reach),
        band=(_at(1 / (1 + smallest), reach), _at(1 + smallest, reach)),
    )


def _bar(one: Mapping[str, Any], reach: float) -> Bar:
    state = {"faster": "met", "slower": "missed"}.get(one["verdict"], "unknown")
    numbers = f"{one['ratio']:.2f} ({one['low']:.2f} to {one['high']:.2f})"
    return Bar(
        label=f"{one['a']} / {one['b']}",
        verdict=one["verdict"],
        state=state,
        low=_at(one["low"], reach),
        high=_at(one["high"], reach),
        ratio=_at(one["ratio"], reach),
        told=numbers,
    )


def _at(ratio: float, reach: float) -> str:
    share = (math.log(ratio) / reach + 1) / 2
    return place(min(1.0, max(0.0, share)))


def _ticks(reach: float) -> tuple[Tick, ...]:
    """1 in the middle, and round ratios to both sides that do not touch each other."""
    chosen = [1.0]
    for ratio in sorted(_RATIOS, key=lambda it: abs(math.log(it))):
        position = math.log(ratio) / reach
        is_free = all(
            abs(position - math.log(other) / reach) > 2 * _FEWEST_APART for other in chosen
        )
        if abs(position) <= 1 and is_free:
            chosen.append(ratio)
    return tuple(Tick(place=_at(ratio, reach), label=f"{ratio:g}") for ratio in sorted(chosen))
