"""What the service told of itself while it was tested, on the same time axis as its latency."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apiforge.loadtest.reports import figures, scales
from apiforge.loadtest.reports.charts import Chart, Unit, short_milliseconds, y_ticks
from apiforge.loadtest.reports.columns import present
from apiforge.loadtest.reports.timeaxis import TimeAxis


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    """One plot of some of the columns; it is drawn if any of them is there."""

    key: str
    title: str
    note: str
    unit: Unit
    lines: Sequence[tuple[str, str]]


_PLOTS = (
    _Plot(
        key="server-cpu",
        title="CPU of the service",
        note="Of all its workers; 100% is one core",
        unit="percent",
        lines=[("server_cpu", "CPU")],
    ),
    _Plot(
        key="server-memory",
        title="Memory of the service",
        note="Resident, of all its workers",
        unit="megabytes",
        lines=[("server_memory_bytes", "memory")],
    ),
    _Plot(
        key="server-time",
        title="Time within the service",
        note="Mean of the requests it answered; what latency has beyond it is waiting and network",
        unit="ms",
        lines=[
            ("server_handling_ms", "whole request"),
            ("server_database_ms", "in the database"),
            ("server_database_wait_ms", "waiting for a database connection"),
        ],
    ),
    _Plot(
        key="server-progress",
        title="Requests within the service",
        note="Once a second, at that moment",
        unit="count",
        lines=[
            ("server_in_progress", "in progress"),
        ],
    ),
    _Plot(
        key="server-cache",
        title="Answered by the cache",
        note="Share of what was looked for in it",
        unit="percent",
        lines=[("server_cache_hits_percent", "hits")],
    ),
)
_WRITTEN: dict[Unit, Callable[[float | None], str]] = {
    "percent": figures.percent_short,
    "megabytes": figures.megabytes,
    "ms": figures.milliseconds,
    "count": figures.count,
}
_TICKS: dict[Unit, Callable[[float], str]] = {
    "percent": lambda value: f"{value:g}%",
    "megabytes": lambda value: f"{value:g} MB",
    "ms": short_milliseconds,
    "count": lambda value: f"{value:g}",
}


def server_charts(time: TimeAxis) -> list[Chart]:
    """One chart for each kind of number the service offered."""
    charts = (_chart(plot, time) for plot in _PLOTS)
    return [chart for chart in charts if chart is not None]


def _chart(plot: _Plot, time: TimeAxis) -> Chart | None:
    lines = [(key, label) for key, label in plot.lines if key in time.columns]
    if not lines:
        return None
    written = _WRITTEN[plot.unit]
    values = present(time.columns, [key for key, _ in lines])
    scale = scales.linear(values, whole=plot.unit == "count")
    highest = {key: f"up to {written(max(present(time.columns, [key])))}" for key, _ in lines}
    return Chart(
        key=plot.key,
        title=plot.title,
        note=plot.note,
        summary=", ".join(f"{label} {highest[key]}" for key, label in lines) + ".",
        data="time",
        end=time.end,
        x_ticks=time.ticks(),
        y_ticks=y_ticks(scale, _TICKS[plot.unit]),
        traces=[time.line(key, label, highest[key], scale, unit=plot.unit) for key, label in lines],
    )
