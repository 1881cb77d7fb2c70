"""Result documents as the engine makes them, from a few numbers and no chance."""

import itertools
import math
import re
from collections.abc import Callable, Mapping, Sequence
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


def passing(seconds: int = 30, rate: int = 50) -> Document:
    """A healthy service that meets its targets."""
    return _document(
        series=[_second(second, rate, _breath(second)) for second in range(seconds)],
        rate=rate,
        targets=[
            "p95<200ms",
            "p99<500ms",
            "errors<0.1%",
            "delivered>=99%",
            "GET /api/v1/products: p95<100ms",
        ],
        status="pass",
    )


def failing() -> Document:
    """A service that answers slower and slower, and with errors in the second half."""
    series = [
        _second(second, 200, 1.09**second, failures=max(0, 3 * (second - 18)))
        for second in range(40)
    ]
    return _document(
        series=series,
        rate=200,
        targets=[
            "p95<200ms",
            "p99<500ms",
            "errors<0.1%",
            "throughput>=150/s",
            "GET /api/v1/products: p95<100ms",
        ],
        status="fail",
        reasons=[
            "p95<200ms: was 234 ms",
            "errors<0.1%: was 8.66%",
            "GET /api/v1/products: p95<100ms: was 444 ms",
        ],
        errors=[
            ("GET /api/v1/products", "status 503", 441),
            ("POST /api/v1/products", "status 500", 156),
            ("GET /api/v1/products/{id}", "connection reset by peer", 96),
        ],
    )


def invalid() -> Document:
    """A generator that was overloaded: the numbers say nothing about the service."""
    series = [_second(second, 3000, 3.0, lag=4.0 + second * 2.4) for second in range(30)]
    return _document(
        series=series,
        rate=3000,
        targets=["p95<200ms", "errors<1%"],
        status="invalid",
        reasons=[
            "the generator used 97 % of a core for 22 s: ask for less, or give it more workers",
            "requests left late: lag p99 71.2 ms, allowed are 10 ms",
        ],
        generator={
            **{"workers": 1, "cpu": 0.97, "cpu_max": 1.0, "cpu_sustained": 0.95},
            "lag_p99_ms": 71.2,
        },
    )


def unjudged() -> Document:
    """Too few requests for one of the percentiles, and a generator that was warned of."""
    document = passing()
    document["verdict"] = {"status": "invalid", "reasons": ["p99<500ms: 40 requests are too few"]}
    document["targets"][1] |= {"met": False, "judged": False}
    document["generator"] |= {"capacity": 60.0, "warnings": ["50 requests/s are 83% of 60/s"]}
    return document


def regressed() -> Document:
    """Failed because it is slower than the run before."""
    document = failing()
    document["baseline"] = {
        "run": "20261125-101500-00ff",
        "name": "shop",
        "started": "2026-11-25T10:15:00.000+00:00",
        "answer": "regressed",
        "reasons": ["p95 regressed: +31 % (+25 to +38 %)"],
        "required": True,
        "metrics": [
            _compared("p50", "ms", 7.31, 7.52, (1.03, 0.99, 1.07), "no difference shown"),
            _compared("p95", "ms", 140.0, 183.4, (1.31, 1.25, 1.38), "regressed"),
            _compared("p99", "ms", 310.0, None, (None, None, None), "too few requests"),
            _compared("throughput", "/s", 49.9, 47.2, (0.95, 0.93, 0.97), "no difference shown"),
        ],
        "percentiles": [
            [percent, round(0.8 * latency, 3)]
            for percent, latency in document["summary"]["percentiles"]
        ],
        "series": [
            {
                "second": second["second"],
                **{
                    key: second[key] and round(0.7 * second[key], 3)
                    for key in ("p50", "p95", "p99")
                },
                "succeeded": second["succeeded"],
            }
            for second in document["series"]
        ],
    }
    return document


def _compared(
    metric: str,
    unit: str,
    before: float | None,
    now: float | None,
    ratio: tuple[float | None, float | None, float | None],
    answer: str,
) -> Document:
    return {
        "metric": metric,
        "unit": unit,
        "baseline": before,
        "observed": now,
        **dict(zip(("ratio", "low", "high"), ratio, strict=True)),
        "rounds": 10,
        "answer": answer,
    }


def not_comparable() -> Document:
    """Laid beside a run of another machine and load."""
    document = passing()
    told = ["other machine: cores 2, not 8", "other load: rate 50, not 20"]
    document["baseline"] = regressed()["baseline"] | {
        "answer": "not comparable",
        "reasons": told,
        "required": False,
        "metrics": [],
    }
    return document


def interrupted() -> Document:
    """Ctrl-C after 11 of 60 seconds."""
    document = passing(seconds=11)
    document["server"] = None
    document["run"] |= {"duration_s": 60.0, "measured_s": 11.04, "interrupted": True}
    document["verdict"] = {"status": "fail", "reasons": ["interrupted after 11 s of 60 s"]}
    return document


def hung() -> Document:
    """A service that stops answering for good after 8 of 20 seconds."""
    good = [_second(second, 100, _breath(second)) for second in range(8)]
    bad = [_hung_second(second, 100, sent=100 if second < 18 else 40) for second in range(8, 20)]
    return _document(
        series=good + bad,
        rate=100,
        targets=["p95<200ms", "delivered>=99%"],
        status="fail",
        reasons=["p95<200ms: was 10.0 s", "delivered>=99%: was 40%"],
        errors=[("GET /api/v1/products", "no answer within 10 s", 1080)],
    )


def empty() -> Document:
    """Interrupted before the first measured request, with a target nothing was measured for."""
    document = _document(
        series=[],
        rate=50,
        targets=["GET /api/v1/never: p95<1s"],
        status="invalid",
        reasons=["nothing was measured"],
        generator={"workers": 1, "cpu": None, "lag_p99_ms": None},
    )
    document["run"]["interrupted"] = True
    document["endpoints"] = []
    return document


def hostile() -> Document:
    """Everything a service can name itself, meant to break out of the page."""
    text = """</script></title><img src=x onerror="alert('1')">&amp;{{ 7 * 7 }}"""
    document = failing()
    document["target"] = document["run"]["name"] = text
    document["verdict"]["reasons"] = [text]
    document["targets"] = [
        {"text": f"{text}: p95<1ms", "observed": 3.0, "met": False, "unit": "ms"}
    ]
    document["errors"] = [{"endpoint": text, "error": text, "count": 3}]
    document["endpoints"][0]["name"] = text
    document["machine"]["os"] = text
    return document


def one_hour() -> Document:
    """3,600 seconds at a rate that leaves no value round."""
    return passing(seconds=3600, rate=437)


def closed() -> Document:
    """Users who wait for their answers: no rate was asked for."""
    document = passing()
    for key in ("rate", "arrivals"):
        del document["run"][key]
    document["model"] = "closed"
    document["run"] |= {"rate": None, "users": 25, "think_time_s": 0.5}
    document["summary"]["asked_rate"] = None
    return document


def searching() -> Document:
    """The search for the highest rate that meets the targets."""
    document = passing(rate=96)
    tried = ((50.0, True, ""), (100.0, False, "p95<200ms: was 1,840 ms"), (96.0, True, ""))
    document["run"] |= {
        "profile": "breakpoint",
        "breakpoint": {
            "rate": 96.0,
            "first_broken_rate": 100.0,
            "uncertainty_percent": 2.04,
            "probes": [
                {"rate": rate, "held": held, "reason": reason, "p95_ms": 18.4, "mean_ms": 4.0}
                for rate, held, reason in tried
            ],
        },
    }
    return document


EVERY: Mapping[str, Callable[[], Document]] = {
    "pass": passing,
    "fail": failing,
    "invalid": invalid,
    "interrupted": interrupted,
    "regressed": regressed,
    "not comparable": not_comparable,
    "hung": hung,
    "empty": empty,
    "hostile": hostile,
    "closed": closed,
    "searching": searching,
    "unjudged": unjudged,
}


def _breath(second: int) -> float:
    """Between about 0.8 and 1.6, with a hiccup now and then."""
    wave = 1 + 0.2 * math.sin(second / 3) + 0.13 * math.sin(second * 2.17)
    return wave * (1.9 if second % 13 == 7 else 1.0)


def _second(
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


def _hung_second(second: int, rate: int, *, sent: int) -> Document:
    age = 10000.0 if second < 18 else 2000.0 + 1000 * (20 - second)
    same = dict.fromkeys(("p50", "p95", "p99", "max"), age)
    return _second(second, rate, 1.0) | {
        "requests": sent,
        "succeeded": 0,
        "failures": sent,
        "dropped": rate - sent,
        "in_flight": min(1000, (second - 7) * 100),
        **same,
    }


def _document(
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
        "run": {
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
        },
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
