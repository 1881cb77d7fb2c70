"""The tables of the page: what the numbers are, and the words a plot is also told in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apiforge.loadtest.reports import figures
from apiforge.loadtest.reports.columns import Columns, filled

_STATISTICS = ("min", "mean", "p50", "p90", "p95", "p99", "p99_9", "max")
_TIMES = ("p50", "p95", "p99", "max")
_ROWS_OVER_TIME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What is shown, and what is sorted by: a number, or nothing for the text itself."""

    text: str
    value: float | None = None
    alarming: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under a head; the first columns are `words`, the others numbers."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    words: int = 1


def latency_table(document: Mapping[str, Any]) -> Table:
    """The three kinds of time beside each other."""
    summary = document["summary"]
    kinds = (
        ("latency_ms", "Latency, from the moment a request was due"),
        ("service_time_ms", "Service time, from the moment it was sent"),
        ("failed_latency_ms", "Answers that were errors"),
    )
    rows = [
        [Cell(text=label), *(_digits((summary.get(key) or {}).get(name)) for name in _STATISTICS)]
        for key, label in kinds
        if key == "latency_ms" or any(_present(summary.get(key)))
    ]
    head = ["Milliseconds", *(name.replace("_", ".") for name in _STATISTICS)]
    return Table(caption="Latency in milliseconds", head=head, rows=rows)


def endpoint_table(document: Mapping[str, Any]) -> Table:
    """One row an endpoint, in the order of the document."""
    rows = [_endpoint(endpoint) for endpoint in document["endpoints"]]
    head = ["Endpoint", "Requests", "Failed", "Per second", "p50", "p95", "p99", "Max"]
    return Table(caption="Endpoints, times in milliseconds", head=head, rows=rows)


def error_table(document: Mapping[str, Any]) -> Table:
    """Errors by kind, the most frequent first."""
    errors = sorted(document["errors"], key=lambda error: -(error.get("count") or 0))
    total = sum(error.get("count") or 0 for error in errors)
    rows = [
        [
            Cell(text=str(error.get("error"))),
            Cell(text=str(error.get("endpoint") or figures.NOTHING)),
            _count(error.get("count")),
            Cell(text=figures.share(error.get("count"), total), value=error.get("count")),
        ]
        for error in errors
    ]
    head = ["Error", "Endpoint", "Count", "Share"]
    return Table(caption="Errors by kind", head=head, rows=rows, words=2)


def breakpoint_table(document: Mapping[str, Any]) -> Table | None:
    """The rates that a search for the breakpoint tried, from the lowest; None of other runs."""
    found = document["run"].get("breakpoint")
    if not found:
        return None
    probes = sorted(found["probes"], key=lambda probe: figures.number(probe.get("rate")) or 0)
    rows = [
        [
            Cell(text=figures.rate(probe.get("rate")), value=figures.number(probe.get("rate"))),
            Cell(text="held" if probe.get("held") else "broke", alarming=not probe.get("held")),
            Cell(text=str(probe.get("reason") or figures.NOTHING)),
            _digits(probe.get("p95_ms")),
        ]
        for probe in probes
    ]
    return Table(
        caption="Rates tried", head=["Rate", "Result", "Why", "p95 ms"], rows=rows, words=3
    )


def curve_table(columns: Columns) -> Table:
    """The percentile curve in numbers."""
    rows = [
        [Cell(text=f"p{percent:g}"), _digits(latency)]
        for percent, latency in zip(columns["percent"], columns["latency"], strict=True)
    ]
    return Table(caption="Latency by percentile", head=["Percentile", "Milliseconds"], rows=rows)


def time_table(columns: Columns) -> Table:
    """The plots over time in at most 60 rows: counts summed, of times and lag the worst second."""
    seconds = columns["x"]
    span = max(1, -(-len(seconds) // _ROWS_OVER_TIME))
    rows = [_interval(columns, start, start + span) for start in range(0, len(seconds), span)]
    each = "Each second" if span == 1 else f"Each {figures.duration(span)}, its worst second"
    head = ["From", "Asked", "Succeeded", "Failed", "Never sent", *_TIMES, "In flight", "Lag"]
    return Table(caption=f"{each}; times in milliseconds", head=head, rows=rows)


def _interval(columns: Columns, start: int, end: int) -> list[Cell]:
    sums = [
        _count(sum(filled(columns[key][start:end])), alarming=key in ("failures", "dropped"))
        for key in ("due", "succeeded", "failures", "dropped")
    ]
    first = columns["x"][start]
    highest = {
        key: max((value for value in columns[key][start:end] if value is not None), default=None)
        for key in (*_TIMES, "in_flight", "lag_ms")
    }
    times = [_digits(highest[key]) for key in _TIMES]
    rest = [_count(highest["in_flight"]), _digits(highest["lag_ms"])]
    return [Cell(text=figures.clock(first), value=first), *sums, *times, *rest]


def _endpoint(endpoint: Mapping[str, Any]) -> list[Cell]:
    latency = endpoint.get("latency_ms") or {}
    return [
        Cell(text=str(endpoint.get("name"))),
        _count(endpoint.get("requests")),
        _count(endpoint.get("failures"), alarming=True),
        _digits(endpoint.get("throughput")),
        *(_digits(latency.get(key)) for key in _TIMES),
    ]


def _digits(value: object) -> Cell:
    return Cell(text=figures.digits(value), value=figures.number(value))


def _count(value: object, *, alarming: bool = False) -> Cell:
    amount = figures.number(value)
    return Cell(text=figures.count(value), value=amount, alarming=alarming and bool(amount))


def _present(statistics: Mapping[str, Any] | None) -> list[bool]:
    return [figures.number(value) is not None for value in (statistics or {}).values()]
