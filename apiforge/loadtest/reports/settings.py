"""What a run was asked to do and where it ran, as labelled values."""

from collections.abc import Mapping
from typing import Any

from apiforge.loadtest.reports import figures
from apiforge.loadtest.reports.headline import moment

Facts = list[tuple[str, str]]

_RUN = {
    "id": "Run",
    "name": "Name",
    "rate": "Rate asked for",
    "arrivals": "Arrivals",
    "users": "Users",
    "think_time_s": "Think time",
    "locustfile": "Locustfile",
    "stages": "Stages",
    "profile": "Profile",
    "duration_s": "Duration",
    "measured_s": "Measured",
    "warmup_s": "Warm-up, not measured",
    "timeout_s": "Timeout",
    "max_in_flight": "In flight at most",
    "rows": "Rows seeded",
    "scenario": "Digest of what is sent",
    "data": "Digest of its data",
    "joined": "Generators from other machines",
    "seed": "Seed",
    "apiforge": "apiforge",
}
_GENERATOR = {
    "workers": "Workers",
    "capacity": "Can make about",
    "lag_p50_ms": "Lag, p50",
    "lag_max_ms": "Lag, max",
}
_MACHINE = {
    "cores": "Cores",
    "cpu": "Processor",
    "python": "Python",
    "os": "System",
    "stolen": "Work held up by its host",
    "kept_awake": "Kept awake",
}
_TOLD_ELSEWHERE = {
    *("interrupted", "aborted"),
    *("cpu", "cpu_max", "cpu_sustained", "lag_p99_ms"),
}


def settings(document: Mapping[str, Any]) -> Facts:
    """The run: what was asked of it, and when."""
    return [
        ("Target", str(document.get("target") or figures.NOTHING)),
        ("Started", moment(document.get("started"))),
        ("Model", str(document.get("model") or figures.NOTHING)),
        *_labelled(document["run"], _RUN),
    ]


def machine(document: Mapping[str, Any]) -> Facts:
    """Where it ran, generator included."""
    return [
        *_labelled(document["machine"], _MACHINE),
        *_labelled(document["generator"], _GENERATOR),
    ]


def _labelled(values: Mapping[str, Any], labels: Mapping[str, str]) -> Facts:
    """Known keys by their label and in their order, then what else is a plain value."""
    keys = [key for key in labels if key in values]
    keys += [key for key in values if key not in labels and key not in _TOLD_ELSEWHERE]
    return [
        (labels.get(key, key.replace("_", " ").capitalize()), _written(key, values[key]))
        for key in keys
        if not isinstance(values[key], dict | list)
    ]


def _written(key: str, value: object) -> str:
    if value is None:
        return figures.NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key == "stolen":
        return figures.share(value, 1)
    if key in ("rate", "capacity"):
        return figures.rate(value)
    if key.endswith("_s"):
        return figures.duration(value)
    if key.endswith("_ms"):
        return figures.milliseconds(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
