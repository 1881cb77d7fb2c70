"""Makes the result document of a load test: plain data, ready for JSON and every report.

All latencies are milliseconds with microseconds as decimals; what cannot be known is None.
`achieved_rate` and `throughput` are successful answers per second of the window.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from apiforge import __version__
from apiforge.loadtest import targets as grammar
from apiforge.loadtest import validity, verdict, windows
from apiforge.loadtest.blocks import blocks
from apiforge.loadtest.heatmap import heatmap
from apiforge.loadtest.histogram import Histogram
from apiforge.loadtest.recording import Recording, Tally
from apiforge.loadtest.secrecy import hide, secrets_of
from apiforge.loadtest.targets import Judgement, Spans, Target
from apiforge.loadtest.workload import Workload

SCHEMA = "apiforge.loadtest/1"
_CURVE = (
    *(0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 75.0, 80.0, 85.0, 90.0, 92.5, 95.0, 96.0),
    *(97.0, 98.0, 99.0, 99.5, 99.75, 99.9, 99.95, 99.99, 99.995, 99.999),
)


def summarize(
    recording: Recording, targets: Sequence[Target], *, run_id: str = "", name: str = ""
) -> dict[str, Any]:
    """Judges a recording and puts everything a report needs into one document."""
    judgements = windows.judge(targets, recording)
    invalid = validity.reasons(recording, targets)
    document = {
        "schema": SCHEMA,
        "started": recording.started,
        "target": recording.workload.target,
        "model": recording.workload.model,
        "run": _run(recording, run_id, name),
        "verdict": verdict.decide(recording, judgements, invalid),
        "summary": _summary(recording),
        "endpoints": [_endpoint(recording, name) for name in recording.endpoints],
        "errors": _errors(recording),
        "series": [_second(number, part) for number, part in enumerate(recording.seconds)],
        "targets": [_target(judgement) for judgement in judgements],
        "generator": {**_generator(recording), "faults": invalid},
        "machine": recording.machine,
        "heatmap": heatmap(recording.seconds),
        "blocks": blocks(recording),
        "baseline": None,
        "server": None,
    }
    return hide(document, secrets_of(recording.workload))


def _run(recording: Recording, run_id: str, name: str) -> dict[str, Any]:
    workload = recording.workload
    return {
        "id": run_id,
        "name": name,
        **_shape(workload),
        "duration_s": workload.duration,
        "measured_s": round(recording.measured, 3),
        "warmup_s": workload.warmup,
        "timeout_s": workload.timeout,
        "max_in_flight": workload.max_in_flight,
        "seed": workload.seed,
        "interrupted": recording.interrupted,
        "aborted": recording.aborted,
        "apiforge": __version__,
    }


def _shape(workload: Workload) -> dict[str, Any]:
    """`rate` is None where there is not one rate only."""
    if workload.locustfile:
        file = Path(workload.locustfile).name
        users = {"users": workload.users, "spawn_rate": workload.spawn_rate}
        return {"rate": None, **users, "locustfile": file}
    if workload.users:
        return {"rate": None, "users": workload.users, "think_time_s": workload.think_time}
    if workload.stages:
        stages = ", ".join(f"{seconds:g}s:{rate:g}" for seconds, rate in workload.stages)
        return {"rate": None, "arrivals": workload.arrivals, "stages": stages}
    return {"rate": workload.rate, "arrivals": workload.arrivals}


def _summary(recording: Recording) -> dict[str, Any]:
    whole = recording.whole()
    return {
        **_counts(whole),
        "unfinished": whole.unfinished,
        "asked_rate": _rounded(recording.workload.asked(recording.measured)),
        "achieved_rate": _per_second(whole, recording),
        "errors_percent": _rounded(grammar.errors_percent(whole)),
        "latency_ms": latencies(whole.times),
        "service_time_ms": latencies(recording.service_times),
        "failed_latency_ms": latencies(whole.failed_times),
        "percentiles": percentile_curve(whole.times),
    }


def percentile_curve(times: Histogram) -> list[list[float | None]]:
    """Pairs of a percentile and its milliseconds, from p0 far into the tail; none of nothing."""
    values = times.percentiles(_CURVE) if times.count else ()
    return [[percent, _ms(value)] for percent, value in zip(_CURVE, values, strict=False)]


def _endpoint(recording: Recording, name: str) -> dict[str, Any]:
    tally = recording.endpoints[name]
    return {
        "name": name,
        **_counts(tally),
        "unfinished": tally.unfinished,
        "throughput": _per_second(tally, recording),
        "latency_ms": latencies(tally.times),
        "failed_latency_ms": latencies(tally.failed_times),
    }


def _second(number: int, tally: Tally) -> dict[str, Any]:
    """What became of the requests due in one second of the window."""
    shown = ("min", "mean", "p50", "p90", "p95", "p99", "max")
    values = latencies(tally.times)
    return {
        "second": number,
        "due": tally.due,
        "succeeded": tally.succeeded,
        **_counts(tally),
        **{key: values[key] for key in shown},
        "in_flight": tally.in_flight,
        "lag_ms": _ms(tally.lag),
    }


def latencies(times: Histogram) -> dict[str, float | None]:
    """The figures of a distribution, in milliseconds; None of an empty one."""
    percents = grammar.PERCENTILES
    if not times.count:
        empty = ["min", "mean", *map(_key, percents), "max"]
        return dict.fromkeys(empty)
    values = times.percentiles(percents.values())
    return {
        "min": _ms(times.minimum),
        "mean": _ms(times.mean()),
        **{_key(name): _ms(value) for name, value in zip(percents, values, strict=True)},
        "max": _ms(times.maximum),
    }


def _errors(recording: Recording) -> list[dict[str, Any]]:
    ordered = sorted(recording.errors, key=lambda error: -error[2])
    return [{"endpoint": name, "error": text, "count": count} for name, text, count in ordered]


def _target(judgement: Judgement) -> dict[str, Any]:
    target = judgement.target
    return {
        "text": target.text,
        "observed": judgement.observed,
        "met": judgement.met,
        "judged": judgement.judged,
        "endpoint": target.endpoint,
        "metric": target.metric,
        "limit": target.limit,
        "unit": target.unit,
        "span_s": target.span,
        "spans": _spans(judgement.spans),
    }


def _spans(spans: Spans | None) -> dict[str, int | None] | None:
    if spans is None:
        return None
    return {
        "judged": spans.judged,
        "missed": spans.missed,
        "too_few_requests": spans.thin,
        "worst_from_s": spans.worst,
    }


def _generator(recording: Recording) -> dict[str, Any]:
    """`cpu`, its peak, and what it was at least in the seconds in a row that are judged, are those
    of the busiest worker: it is the one that saturates."""
    means = [round(sum(cpu) / len(cpu), 4) for cpu in recording.cpu if cpu]
    lag = recording.lag
    return {
        "workers": recording.workload.workers,
        "cpu": max(means, default=None),
        "cpu_max": max((max(cpu) for cpu in recording.cpu if cpu), default=None),
        "cpu_sustained": validity.sustained_cpu(recording.cpu),
        "cpu_per_worker": means,
        "capacity": recording.capacity,
        "warnings": recording.warnings,
        "lag_p50_ms": _ms(lag.percentile(50)),
        "lag_p99_ms": _ms(lag.percentile(99)),
        "lag_max_ms": _ms(lag.maximum if lag.count else None),
    }


def _counts(tally: Tally) -> dict[str, int]:
    return {
        "requests": tally.requests,
        "failures": tally.failures,
        "dropped": tally.dropped,
    }


def _per_second(tally: Tally, recording: Recording) -> float:
    return round(tally.succeeded / recording.measured, 3) if recording.measured else 0.0


def _key(name: str) -> str:
    return name.replace(".", "_")


def _ms(microseconds: float | None) -> float | None:
    return None if microseconds is None else round(microseconds / 1000, 3)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
