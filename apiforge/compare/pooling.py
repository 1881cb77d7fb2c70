"""The rounds of one variant as the result tells them: all together, and one by one."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from apiforge.compare.order import Order
from apiforge.compare.visit import Load, Visit, merged
from apiforge.loadtest import samples
from apiforge.loadtest import targets as grammar
from apiforge.loadtest.summary import latencies, percentile_curve


def pooled(order: Order, visits: Sequence[Visit]) -> dict[str, Any]:
    """All valid rounds together; latencies of all their requests as one distribution."""
    recording = merged(visits)
    whole = recording.whole()
    judged = samples.sift(grammar.judge(order.targets, recording), recording) if visits else []
    ceilings = [visit.ceiling for visit in visits if visit.ceiling]
    return {
        "latency_ms": latencies(whole.times),
        "percentiles": percentile_curve(whole.times),
        "max_rate": _median(one.rate for one in ceilings),
        "held_rate": _median(one.held for one in ceilings),
        "requests": whole.requests,
        "failures": whole.failures,
        "dropped": whole.dropped,
        "targets": [
            {
                "text": one.target.text,
                "observed": one.observed,
                "met": one.met,
                "judged": one.judged,
                "metric": one.target.metric,
                "limit": one.target.limit,
                "unit": one.target.unit,
            }
            for one in judged
        ],
        "endpoints": [
            {
                "name": name,
                "requests": tally.requests,
                "failures": tally.failures,
                "latency_ms": latencies(tally.times),
            }
            for name, tally in recording.endpoints.items()
        ],
        "errors": _errors(visits),
        "api": _load([visit.api for visit in visits]),
        "server_usage": _load([visit.server for visit in visits]),
        "disk_bytes": max((visit.disk_bytes or 0 for visit in visits), default=0) or None,
    }


def _median(rates: Iterable[float | None]) -> float | None:
    known = [rate for rate in rates if rate]
    return rounded(statistics.median(known)) if known else None


def _errors(visits: Sequence[Visit]) -> list[dict[str, Any]]:
    counts: dict[tuple[str, str], int] = {}
    for visit in visits:
        for endpoint, error, count in visit.errors:
            counts[endpoint, error] = counts.get((endpoint, error), 0) + count
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return [
        {"endpoint": endpoint, "error": error, "count": count}
        for (endpoint, error), count in ordered
    ]


def _load(loads: Sequence[Load | None]) -> dict[str, Any] | None:
    there = [load for load in loads if load is not None]
    if not there:
        return None
    return {
        "cpu": rounded(statistics.median(load.cpu for load in there)),
        "memory_bytes": int(statistics.median(load.memory_bytes for load in there)),
    }


def told_round(visit: Visit) -> dict[str, Any]:
    """One round by itself, counted from 1."""
    ceiling = visit.ceiling
    return {
        "round": visit.round + 1,
        "started": visit.started,
        "latency_ms": latencies(visit.whole.times),
        "requests": visit.whole.requests,
        "failures": visit.whole.failures,
        "max_rate": None if ceiling is None else rounded(ceiling.rate),
        "held_rate": None if ceiling is None else rounded(ceiling.held),
        "limited_by_generator": ceiling is not None and ceiling.limited_by_generator,
        "probes": [] if ceiling is None else list(ceiling.probes),
        "valid": visit.is_valid,
        "faults": list(visit.faults),
        "lag_p99_ms": rounded(visit.lag_p99_ms),
        "took_s": rounded(visit.took),
    }


def rounded(value: float | None) -> float | None:
    """Five significant digits: more than was measured."""
    return None if value is None else float(f"{value:.5g}")
