"""The numbers on a port of their own, for a network that callers do not reach."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Metric, start_http_server
from prometheus_client.registry import Collector

from app.environment import ConfigurationError
from app.monitoring.prometheus.settings import PrometheusSettings
from app.monitoring.prometheus.workers import shared_registry


@contextmanager
def inner_port(settings: PrometheusSettings, registry: CollectorRegistry) -> Iterator[None]:
    """Shows `registry` on METRICS_PORT, in a thread. Raises ConfigurationError."""
    host, port = settings.metrics_host, settings.metrics_port
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        raise ConfigurationError(f"METRICS_PORT={port} on {host}: {error.strerror}") from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class AllWorkers(Collector):
    """What the workers have written, each time it is asked; itself it may be no worker."""

    def collect(self) -> Iterable[Metric]:
        registry = shared_registry()
        return registry.collect() if registry else ()


def registry_of_workers() -> CollectorRegistry:
    """Of all workers, wherever it is read."""
    registry = CollectorRegistry()
    registry.register(AllWorkers())
    return registry
