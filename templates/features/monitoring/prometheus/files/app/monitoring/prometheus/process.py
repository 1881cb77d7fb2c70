"""What the operating system says of this process; nothing where there is no /proc."""

from collections.abc import Iterator
from functools import partial

from prometheus_client import ProcessCollector

from app.monitoring.port import Reading

_PROCESS = ProcessCollector(registry=None)
_COUNTERS = frozenset({"process_cpu_seconds"})
_GAUGES = frozenset({"process_resident_memory_bytes", "process_open_fds"})


def process_readings() -> Iterator[Reading]:
    """CPU time, memory and open files, as they are now; and that there is one process more."""
    yield Reading(name="service_workers", help="Workers.", kind="gauge", read=lambda: 1.0)
    for metric in _PROCESS.collect():
        if metric.name in _COUNTERS | _GAUGES:
            value = metric.samples[0].value
            yield Reading(
                name=metric.name,
                help=metric.documentation,
                kind="counter" if metric.name in _COUNTERS else "gauge",
                read=partial(float, value),
            )
