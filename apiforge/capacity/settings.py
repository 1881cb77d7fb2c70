"""The settings that a plan comes to, as a file that compose.yaml reads."""

from apiforge.capacity.plan import CapacityPlan

FILE = "deploy/plan.env"
_SETTINGS = {
    "WORKERS": "workers_per_replica",
    "DATABASE_CONNECTIONS": "connections_per_replica",
    "CACHE_MAX_BYTES": "cache_bytes",
}
_SCALE = {
    "REPLICAS": "replicas",
    "REPLICAS_LEAST": "autoscale_least",
    "REPLICAS_MOST": "autoscale_most",
    "SCALE_AT_CPU_PERCENT": "autoscale_cpu",
}


def settings_text(plan: CapacityPlan, *, has_memory_cache: bool) -> str:
    """The file's text."""
    settings = {
        name: key
        for name, key in _SETTINGS.items()
        if has_memory_cache or name != "CACHE_MAX_BYTES"
    }
    lines = [
        f"# From `apiforge plan --write`, of run {plan.measurement.run}; see it for the formulas.",
        *(f"# Note: {note}." for note in plan.notes),
        "# Settings of each replica.",
        *_lines(plan, settings),
        "# For whatever starts the replicas.",
        *_lines(plan, _SCALE),
    ]
    return "\n".join(lines) + "\n"


def _lines(plan: CapacityPlan, settings: dict[str, str]) -> list[str]:
    sheet = plan.sheet
    return [f"{name}={sheet[key]:.0f}" for name, key in settings.items() if key in sheet]
