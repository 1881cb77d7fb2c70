"""The tables that every form of the report has: variants, differences, rounds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apiforge.loadtest.reports import figures
from apiforge.loadtest.reports.tables import Cell, Table

_ALARMING = {"missed", "failed", "slower"}

METRICS = {
    "p95": "p95",
    "max_rate": "max/s",
    "p50": "p50",
    "p99": "p99",
    "api_cpu": "CPU of the service",
    "server_cpu": "CPU of the server",
    "api_memory": "memory of the service",
    "server_memory": "memory of the server",
    "disk": "bytes on disk",
}


def software(variant: Mapping[str, Any]) -> str:
    """What a variant ran on, in words."""
    server = variant["server"]
    if server is None:
        return figures.NOTHING
    name = " ".join(part for part in (server["name"], server["version"]) if part)
    marks = [
        mark for key, mark in (("stand_in", "stand-in"), ("untested", "untested")) if server[key]
    ]
    return f"{name} ({', '.join(marks)})" if marks else name


def highest(variant: Mapping[str, Any]) -> str:
    """The highest rate that met the targets; `≥` where the load generator was the limit."""
    if variant["max_rate"] is None and variant["held_rate"] is not None:
        return f"≥ {figures.digits(variant['held_rate'])}"
    return figures.digits(variant["max_rate"])


def state(variant: Mapping[str, Any]) -> str:
    """How it went, in a word or two."""
    for kind in ("skipped", "failed"):
        if variant[kind] is not None:
            return kind
    judged = [target for target in variant["targets"] if target["judged"]]
    if not judged:
        return "not judged"
    return "met" if all(target["met"] for target in judged) else "missed"


def _cells(rows: Iterable[Sequence[str]]) -> list[list[Cell]]:
    return [[Cell(text=text, alarming=text in _ALARMING) for text in row] for row in rows]


def speed_table(document: Mapping[str, Any]) -> Table:
    """A variant a row: what it is, how fast, how much."""
    return Table(
        caption="Speed at the asked rate, and the highest rate that met the targets",
        head=("variant", "on", "p50 ms", "p95 ms", "p99 ms", "max/s", "targets"),
        rows=_cells(_speed(it) for it in document["variants"]),
        words=2,
    )


def _speed(variant: Mapping[str, Any]) -> tuple[str, ...]:
    latency = variant["latency_ms"]
    return (
        variant["label"],
        software(variant),
        *(figures.digits(latency[key]) for key in ("p50", "p95", "p99")),
        highest(variant),
        state(variant),
    )


def cost_table(document: Mapping[str, Any]) -> Table:
    """A variant a row: what it takes of the machine at the rate that was asked for."""
    return Table(
        caption="What each took of this machine at the asked rate",
        head=("variant", "CPU", "of server", "memory", "of server", "disk", "start"),
        rows=_cells(_cost(it) for it in document["variants"]),
    )


def _cost(variant: Mapping[str, Any]) -> tuple[str, ...]:
    api, server = variant["api"] or {}, variant["server_usage"] or {}
    startup = variant["startup_s"]
    return (
        variant["label"],
        *(percent(load.get("cpu")) for load in (api, server)),
        *(megabytes(load.get("memory_bytes")) for load in (api, server)),
        megabytes(variant["disk_bytes"]),
        figures.NOTHING if startup is None else f"{startup:.1f} s",
    )


def difference_table(document: Mapping[str, Any]) -> Table:
    """A pair of variants a row, in the metrics that are judged."""
    return Table(
        caption="Differences, judged by rounds",
        head=("metric", "a", "b", "a / b", "between", "rounds", "a is"),
        rows=_cells((*_ratio(it), str(it["verdict"])) for it in document["differences"]),
        words=3,
    )


def exploratory_table(document: Mapping[str, Any]) -> Table:
    """The same of metrics that are only looked at."""
    return Table(
        caption="Other metrics, explored",
        head=("metric", "a", "b", "a / b", "between", "rounds"),
        rows=_cells(_ratio(it) for it in document["exploratory"]),
        words=3,
    )


def _ratio(difference: Mapping[str, Any]) -> tuple[str, ...]:
    low, high = difference["low"], difference["high"]
    return (
        METRICS[difference["metric"]],
        difference["a"],
        difference["b"],
        figures.NOTHING if difference["ratio"] is None else f"{difference['ratio']:.2f}",
        figures.NOTHING if low is None else f"{low:.2f} to {high:.2f}",
        str(difference["rounds"]),
    )


def round_table(document: Mapping[str, Any]) -> Table:
    """A round a row, the p95 and the highest rate of each variant."""
    measured = [it for it in document["variants"] if it["rounds"]]
    numbers = sorted({one["round"] for it in measured for one in it["rounds"]})
    head = [f"{it['label']} {name}" for name in ("p95 ms", "max/s") for it in measured]
    rows = _cells((str(number), *_in_round(measured, number)) for number in numbers)
    return Table(caption="Round by round", head=("round", *head), rows=rows)


def _in_round(measured: Sequence[Mapping[str, Any]], number: int) -> list[str]:
    found = [{one["round"]: one for one in it["rounds"]}.get(number) for it in measured]
    cells = [None if one is None else one["latency_ms"]["p95"] for one in found]
    rates = [None if one is None else one["max_rate"] for one in found]
    marks = ["" if one is None or one["valid"] else "*" for one in found]
    return [
        *(figures.digits(value) + mark for value, mark in zip(cells, marks, strict=True)),
        *map(figures.digits, rates),
    ]


def endpoint_table(document: Mapping[str, Any]) -> Table:
    """An endpoint a row, the p95 of each variant."""
    measured = [it for it in document["variants"] if it["endpoints"]]
    names = list(dict.fromkeys(one["name"] for it in measured for one in it["endpoints"]))
    columns = [
        {one["name"]: one["latency_ms"]["p95"] for one in it["endpoints"]} for it in measured
    ]
    rows = _cells(
        (name, *(figures.digits(column.get(name)) for column in columns)) for name in names
    )
    head = ("p95 ms of", *(it["label"] for it in measured))
    return Table(caption="95th percentile by endpoint", head=head, rows=rows)


def percent(share: object) -> str:
    """A share of a core."""
    amount = figures.number(share)
    return figures.NOTHING if amount is None else f"{100 * amount:.0f}%"


def megabytes(size: object) -> str:
    """Bytes as people read them."""
    amount = figures.number(size)
    return figures.NOTHING if amount is None else f"{amount / 1e6:,.1f} MB"


def error_table(document: Mapping[str, Any]) -> Table:
    """What went wrong, the most frequent first."""
    rows = [
        (it["label"], one["endpoint"], one["error"], figures.count(one["count"]))
        for it in document["variants"]
        for one in it["errors"]
    ]
    head = ("variant", "endpoint", "error", "times")
    return Table(caption="Errors at the asked rate", head=head, rows=_cells(rows), words=3)
