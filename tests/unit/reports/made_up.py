"""What result documents hold, made up from a few numbers and no chance."""

import itertools
import math
import re
from collections.abc import Sequence
from typing import Any

from apiforge.loadtest.heatmap import heatmap
from apiforge.loadtest.histogram import Histogram
from apiforge.loadtest.recording import Tally

Document = dict[str, Any]

ENDPOINTS = (
    ("GET /api/v1/products/{id}", 0.42, 1.0),
    ("GET /api/v1/products", 0.3, 1.9),
    ("GET /api/v1/products?category_id=", 0.12, 1.6),
    ("POST /api/v1/products", 0.08, 2.8),
    ("PATCH /api/v1/products/{id}", 0.05, 2.4),
    ("DELETE /api/v1/products/{id}", 0.03, 2.2),
)
_CURVE = (0.0, 25.0, 50.0, 75.0, 90.0, 95.0, 97.5, 99.0, 99.5, 99.9, 99.95, 99.99, 99.999)


def breath(second: int) -> float:
    """Between about 0.8 and 1.6, with a hiccup now and then."""
    wave = 1 + 0.2 * math.sin(second / 3) + 0.13 * math.sin(second * 2.17)
    return wave * (1.9 if second % 13 == 7 else 1.0)


def make_second(
    second: int, rate: int, factor: float, *, failures: int = 0, lag: float = 0.31
) -> Document:
    return {
        "second": second,
        "due": rate,
        "requests": rate,
        "succeeded": rate - failures,
        "failures": failures,
        "dropped": 0,
        "p50": round(3.127 * factor, 3),
        "p95": round(9.641 * factor, 3),
        "p99": round(18.233 * factor, 3),
        "max": round((31.5 + 7 * (second % 5)) * factor, 3),
        "in_flight": math.ceil(rate * factor * 0.005),
        "lag_ms": round(lag + 0.07 * math.sin(second), 3),
    }


def hung_second(second: int, rate: int, *, sent: int) -> Document:
    age = 10000.0 if second < 18 else 2000.0 + 1000 * (20 - second)
    same = dict.fromkeys(("p50", "p95", "p99", "max"), age)
    return make_second(second, rate, 1.0) | {
        "requests": sent,
        "succeeded": 0,
        "failures": sent,
        "dropped": rate - sent,
        "in_flight": min(1000, (second - 7) * 100),
        **same,
    }


def make_document(
    *,
    series: list[Document],
    rate: int,
    targets: Sequence[str],
    status: str,
    reasons: list[str] | None = None,
    errors: list[tuple[str, str, int]] | None = None,
    generator: Document | None = None,
) -> Document:
    seconds = len(series)
    summary, endpoints = _summary(series, rate), _endpoints(series, rate, seconds)
    return {
        "schema": "apiforge.loadtest/1",
        "started": "2026-11-22T17:41:05.123456+00:00",
        "target": "http://127.0.0.1:18080",
        "model": "open",
        "run": _run(rate, seconds),
        "verdict": {"status": status, "reasons": reasons or []},
        "summary": summary,
        "endpoints": endpoints,
        "errors": [
            {"endpoint": endpoint, "error": error, "count": count}
            for endpoint, error, count in errors or []
        ],
        "series": series,
        "targets": [_judged(text, summary, endpoints) for text in targets],
        "generator": generator
        or {
            **{"workers": 1, "cpu": 0.184, "cpu_max": 0.262, "cpu_sustained": 0.171},
            **{"lag_p50_ms": 0.14, "lag_p99_ms": 0.412},
        },
        "machine": {"cores": 2, "python": "3.11.7", "os": "Linux 6.8.0 x86_64"},
        "heatmap": _heatmap(series),
        "blocks": _blocks(series),
        "baseline": None,
        "server": _server(series),
    }


def _run(rate: int, seconds: int) -> Document:
    return {
        "id": "20261122-174105-ab12",
        "name": "shop",
        "rate": float(rate),
        "arrivals": "constant",
        "duration_s": float(seconds or 30),
        "measured_s": float(seconds),
        "warmup_s": 5.0,
        "timeout_s": 10.0,
        "max_in_flight": min(5000, rate * 10),
        "seed": 1,
        "interrupted": False,
        "apiforge": "0.1.0",
    }


def _heatmap(series: list[Document]) -> Document:
    """Most requests near the median of their second, a few at its other percentiles."""
    seconds = [Tally(requests=entry["requests"], times=_times(entry)) for entry in series]
    return heatmap(seconds)


def _blocks(series: list[Document]) -> list[Document]:
    """Ten of them, each like its first second."""
    length = len(series) // 10
    return [
        {
            "from_s": begin,
            "seconds": length,
            "due": length * series[begin]["due"],
            "succeeded": length * series[begin]["succeeded"],
            **{key: series[begin][key] for key in ("p50", "p95", "p99")},
        }
        for begin in range(0, 10 * length, length or 1)
    ]


def _times(entry: Document) -> Histogram:
    times = Histogram()
    shares = (("p50", 0.62, 0.4), ("p50", 1.0, 0.35), ("p95", 0.5, 0.2), ("p95", 1.0, 0.04))
    for key, factor, share in shares:
        times.record(round(1000 * factor * entry[key]), max(1, round(share * entry["requests"])))
    times.record(round(1000 * entry["max"]))
    return times


def _server(series: list[Document]) -> Document | None:
    """A service whose CPU follows the load, whose memory grows, and that misses one scrape."""
    rows = [
        {
            "second": entry["second"],
            "cpu": None if entry["second"] == 4 else round(0.0041 * entry["succeeded"], 4),
            "memory_bytes": 6.1e7 + 52_000 * entry["second"],
            "handling_ms": round(0.7 * entry["p50"], 3),
        }
        for entry in series
    ]
    return {"source": "/metrics", "scrapes": len(rows), "failures": 1, "series": rows}


def _judged(text: str, summary: Document, endpoints: list[Document]) -> Document:
    """A target and what it is judged by, in the unit it is reported in."""
    match = re.fullmatch(r"(?:(.+): )?([a-z0-9]+)([<>])=?([\d.]+)(ms|s|%|/s)", text)
    assert match is not None
    name, metric, sign, limit, unit = match.groups()
    rows = [endpoint for endpoint in endpoints if endpoint["name"] == name]
    source = (rows or [{"latency_ms": {}}])[0] if name else summary
    sent, lost = summary["requests"] or 1, summary["failures"] + summary["dropped"]
    delivered = 100 * (summary["requests"] - summary["failures"]) / (sent + summary["dropped"])
    whole = {
        "errors": 100 * lost / (sent + summary["dropped"]),
        "delivered": delivered,
        "throughput": summary["achieved_rate"],
    }
    observed = whole[metric] if metric in whole else source["latency_ms"].get(metric)
    bound = float(limit) * (1000 if unit == "s" else 1)
    met = observed is not None and (observed < bound if sign == "<" else observed >= bound)
    shown = {"s": "ms"}.get(unit, unit)
    return {"text": text, "observed": observed, "met": met, "unit": shown}


def _summary(series: list[Document], rate: int) -> Document:
    total = {key: sum(entry[key] for entry in series) for key in ("requests", "failures")}
    latency = _latency(series)
    curve = [[percent, round(_at(latency, percent), 3)] for percent in _CURVE if latency["max"]]
    quick = dict.fromkeys(latency) if not total["failures"] else _scaled(latency, 0.31)
    return {
        **total,
        "unfinished": 0,
        "dropped": sum(entry["dropped"] for entry in series),
        "asked_rate": float(rate),
        "achieved_rate": (total["requests"] - total["failures"]) / (len(series) or 30),
        "latency_ms": latency,
        "service_time_ms": _scaled(latency, 0.94),
        "failed_latency_ms": quick,
        "percentiles": curve,
    }


def _latency(series: list[Document]) -> Document:
    keys = ("min", "mean", "p50", "p90", "p95", "p99", "p99_9", "max")
    if not series:
        return dict.fromkeys(keys)
    ranked = {key: sorted(entry[key] for entry in series) for key in ("p50", "p95", "p99", "max")}
    p50, p95 = ranked["p50"][len(series) // 2], ranked["p95"][-1 - len(series) // 20]
    p99, highest = ranked["p99"][-1 - len(series) // 30], ranked["max"][-1]
    p90, p99_9 = (p50 + 2 * p95) / 3, (p99 + highest) / 2
    values = (ranked["p50"][0] * 0.37, min(p50 * 1.2, highest), p50, p90, p95, p99, p99_9, highest)
    return {key: round(value, 3) for key, value in zip(keys, values, strict=True)}


def _at(latency: Document, percent: float) -> float:
    """Between the known percentiles, straight on the scale of nines."""
    percents = (0.0, 50.0, 90.0, 95.0, 99.0, 99.9, 99.999)
    names = ("min", "p50", "p90", "p95", "p99", "p99_9", "max")
    known = zip(percents, names, strict=True)
    for (low, lower), (high, higher) in itertools.pairwise(known):
        if low <= percent <= high:
            start, end = math.log(100 - low), math.log(100 - high)
            part = (math.log(100 - percent) - start) / (end - start)
            return float(latency[lower] + part * (latency[higher] - latency[lower]))
    return float(latency["max"])


def _scaled(latency: Document, factor: float) -> Document:
    return {key: value and min(round(value * factor, 3), 10004.0) for key, value in latency.items()}


def _endpoints(series: list[Document], rate: int, seconds: int) -> list[Document]:
    latency = _latency(series)
    return [
        {
            "name": name,
            "requests": round(share * rate * seconds),
            "failures": round(share * sum(entry["failures"] for entry in series)),
            "throughput": round(share * rate, 3),
            "latency_ms": _scaled(latency, factor),
            "failed_latency_ms": _scaled(latency, 0.31),
        }
        for name, share, factor in ENDPOINTS
    ]
