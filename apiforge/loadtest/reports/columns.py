"""What the plots draw, by column; the page carries the same columns for its cursor."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apiforge.loadtest.reports import figures, scales

Columns = dict[str, list[Any]]

_TIME = (
    "due",
    "succeeded",
    "failures",
    "dropped",
    "p50",
    "p95",
    "p99",
    "max",
    "in_flight",
    "lag_ms",
)

SERVER = {
    "cpu": 100.0,
    "memory_bytes": 1e-6,
    "in_progress": 1.0,
    "handling_ms": 1.0,
    "database_ms": 1.0,
    "database_wait_ms": 1.0,
    "cache_hits_percent": 1.0,
}
"""The service's own numbers, and what makes them percent, megabytes, milliseconds."""


def time_columns(document: Mapping[str, Any]) -> Columns:
    """The series; `x` is the second of the window, a value that is not there None."""
    series = document["series"]
    columns = {key: [_value(entry.get(key)) for entry in series] for key in _TIME}
    seconds = [int(entry["second"]) for entry in series]
    before = _baseline_columns(document, seconds)
    return {"x": seconds, **columns, **before, **_server_columns(document, seconds)}


def _baseline_columns(document: Mapping[str, Any], seconds: Sequence[int]) -> Columns:
    """The earlier run's p95, second by second; nothing without one."""
    rows = {row["second"]: row for row in overlaid(document).get("series") or ()}
    column = [_value(rows.get(second, {}).get("p95")) for second in seconds]
    return {"baseline_p95": column} if rows else {}


def _server_columns(document: Mapping[str, Any], seconds: Sequence[int]) -> Columns:
    """What the service told of itself, in the units it is shown in; only what it told at all."""
    rows = {row["second"]: row for row in (document.get("server") or {}).get("series") or ()}
    columns = {
        f"server_{key}": [_scaled(rows.get(second, {}).get(key), factor) for second in seconds]
        for key, factor in SERVER.items()
    }
    return {
        key: values for key, values in columns.items() if any(value is not None for value in values)
    }


def _scaled(value: object, factor: float) -> float | None:
    amount = figures.number(value)
    return None if amount is None else _value(float(f"{amount * factor:.4g}"))


def curve_columns(document: Mapping[str, Any]) -> Columns:
    """The percentile curve; `x` in thousandths of a nine.

    It ends where less than one request would be left, since there is nothing behind it.
    """
    summary = document["summary"]
    requests = figures.number(summary.get("requests")) or 0
    finest = 100 * (1 - 1 / requests) if requests > 1 else 0.0
    points = [
        (float(percent), latency)
        for percent, latency in summary.get("percentiles") or ()
        if percent < 100 and percent <= finest and figures.number(latency) is not None
    ]
    before = {percent: latency for percent, latency in overlaid(document).get("percentiles") or ()}
    column = [_value(before.get(percent)) for percent, _ in points]
    return {
        **({"baseline": column} if before else {}),
        "x": [round(1000 * scales.nines(percent)) for percent, _ in points],
        "percent": [percent for percent, _ in points],
        "latency": [latency for _, latency in points],
    }


def present(columns: Columns, keys: Iterable[str]) -> list[float]:
    """Every number of these columns, gaps left out."""
    return [value for key in keys for value in columns[key] if value is not None]


def filled(values: Iterable[float | None]) -> list[float]:
    """Counts, where a gap means none."""
    return [value or 0.0 for value in values]


def overlaid(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The earlier run's own numbers, for plots; empty where laying it over would compare what
    cannot be compared."""
    found = document.get("baseline") or {}
    return {} if found.get("answer") == "not comparable" else found


def _value(value: object) -> float | None:
    """Whole numbers stay whole: they are shorter in the page."""
    amount = figures.number(value)
    return int(amount) if amount is not None and amount.is_integer() else amount
