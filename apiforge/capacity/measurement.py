"""What a stored breakpoint says of a service: how much it bears, with how much of what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apiforge.errors import UsageError

_BUSY_GENERATOR = 0.7
_BUSY_WORKER = 0.85
_MUCH_WAITING = 0.25
_MOSTLY_DATABASE = 0.5
_WRITES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottleneck:
    """What gave way first, as far as it was seen; `component` is one word."""

    component: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """`rate` in requests per second over `workers` processes; times in milliseconds per request.

    `cpu` is of all workers, in cores; what the service did not tell is None. `points` are
    (requests in progress, requests per second) of the probes that held.
    """

    run: str
    rate: float
    uncertainty_percent: float | None
    workers: int
    is_local: bool
    latency_ms: float
    cpu: float | None
    database_ms: float | None
    create_share: float
    write_share: float
    bottleneck: Bottleneck
    points: tuple[tuple[float, float], ...]


def is_breakpoint(document: Mapping[str, Any]) -> bool:
    """Whether the run searched for a breakpoint, and found one that counts."""
    found = document["run"].get("breakpoint") or {}
    return bool(found.get("rate")) and document["verdict"].get("status") != "invalid"


def read_measurement(document: Mapping[str, Any]) -> Measurement:
    """What a run with a breakpoint measured; UsageError for any other run."""
    run = document["run"]
    if not is_breakpoint(document):
        raise UsageError(
            f"run {run.get('id')} found no breakpoint that counts",
            hint="measure one: apiforge loadtest PROJECT --profile breakpoint",
        )
    found, seconds = run["breakpoint"], (document.get("server") or {}).get("series") or []
    cpu, workers = _mean(seconds, "cpu"), int(run.get("service_workers") or 1)
    return Measurement(
        run=str(run.get("id")),
        rate=found["rate"],
        uncertainty_percent=found.get("uncertainty_percent"),
        workers=workers,
        is_local=bool(run.get("service_workers")),
        latency_ms=document["summary"]["latency_ms"]["mean"],
        cpu=cpu,
        database_ms=_mean(seconds, "database_ms"),
        create_share=_share(document["endpoints"], ("POST",)),
        write_share=_share(document["endpoints"], _WRITES),
        bottleneck=_bottleneck(document, cpu=cpu, workers=workers),
        points=_points(found.get("probes") or []),
    )


def _bottleneck(document: Mapping[str, Any], *, cpu: float | None, workers: int) -> Bottleneck:
    generator = document["generator"].get("cpu") or 0.0
    seconds = (document.get("server") or {}).get("series") or []
    handling, database = _mean(seconds, "handling_ms"), _mean(seconds, "database_ms")
    waiting = _mean(seconds, "database_wait_ms")
    if generator >= _BUSY_GENERATOR:
        why = f"the load generator used {generator:.0%} of a core: the service may bear more"
        return Bottleneck(component="generator", reason=why)
    if handling and waiting is not None and waiting / handling >= _MUCH_WAITING:
        why = f"{waiting / handling:.0%} of the handling time was waiting for a connection"
        return Bottleneck(component="pool", reason=why)
    if cpu is not None and cpu / workers >= _BUSY_WORKER:
        why = f"each worker of the service used {cpu / workers:.0%} of a core"
        return Bottleneck(component="service", reason=why)
    if handling and database is not None and database / handling >= _MOSTLY_DATABASE:
        why = f"{database / handling:.0%} of the handling time was the database"
        return Bottleneck(component="database", reason=why)
    return Bottleneck(component="unknown", reason=_first_reason(document))


def _first_reason(document: Mapping[str, Any]) -> str:
    """Nothing seen was saturated: what was missed at the first rate that did not hold."""
    probes = document["run"]["breakpoint"].get("probes") or []
    first = document["run"]["breakpoint"].get("first_broken_rate")
    reasons = [it["reason"] for it in probes if it["rate"] == first and not it["held"]]
    if not reasons:
        return "no rate was tried that did not hold"
    return f"nothing seen was saturated; at {first:g}/s {reasons[-1]}"


def _points(probes: Sequence[Mapping[str, Any]]) -> tuple[tuple[float, float], ...]:
    """Little's law: as many are in progress as come in the time that one takes."""
    return tuple(
        sorted(
            (probe["rate"] * probe["mean_ms"] / 1000, probe["rate"])
            for probe in probes
            if probe.get("held") and probe.get("mean_ms")
        )
    )


def _mean(seconds: Sequence[Mapping[str, Any]], key: str) -> float | None:
    values = [second[key] for second in seconds if second.get(key) is not None]
    return sum(values) / len(values) if values else None


def _share(endpoints: Sequence[Mapping[str, Any]], methods: tuple[str, ...]) -> float:
    counted = {"all": 0, "these": 0}
    for endpoint in endpoints:
        counted["all"] += endpoint["requests"]
        if str(endpoint["name"]).startswith(methods):
            counted["these"] += endpoint["requests"]
    return counted["these"] / counted["all"] if counted["all"] else 0.0
