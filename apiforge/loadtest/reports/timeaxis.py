"""The horizontal axis that all plots over time share, so that one cursor fits them all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apiforge.loadtest.reports import figures, scales
from apiforge.loadtest.reports.charts import Tick, Trace, Unit, line, place
from apiforge.loadtest.reports.columns import Columns
from apiforge.loadtest.reports.scales import Scale

LATENCIES = ("max", "p99", "p95", "p50")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """The planned window, also of an interrupted run."""

    columns: Columns
    end: int

    def line(
        self, key: str, label: str, overall: str, scale: Scale, *, unit: Unit | None = None
    ) -> Trace:
        """A column over time; `overall` is its value for the whole run, as text."""
        path = line(self.columns["x"], self.columns[key], scale)
        usual: Unit = "ms" if key in (*LATENCIES, "lag_ms") else "count"
        return Trace(key=key, label=label, unit=unit or usual, overall=overall, path=path)

    def ticks(self) -> Sequence[Tick]:
        return [
            Tick(place=place(second / self.end), label=figures.clock(second))
            for second in scales.time_ticks(self.end)
        ]


def make_axis(document: Mapping[str, Any], columns: Columns) -> TimeAxis | None:
    """The axis; None where not one second was measured."""
    if not columns["x"]:
        return None
    planned = figures.number(document["run"].get("duration_s")) or 0
    return TimeAxis(columns=columns, end=max(int(planned) - 1, *columns["x"], 1))
