"""What is counted. Labels are route templates, never paths: their values are without bound."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from app.monitoring.port import Reading
from app.monitoring.prometheus import workers
from app.monitoring.prometheus.process import process_readings

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class Metrics:
    """The numbers of one application in this process.

    Of several workers each writes its own into files that whoever is asked adds up.
    """

    def __init__(self, readings: Sequence[Reading]) -> None:
        self.registry = CollectorRegistry()
        self._readings = readings
        self._published: dict[str, tuple[Counter | Gauge, float]] = {}
        labels = ["method", "route", "status"]
        self._requests = Counter(
            "http_requests", "Requests answered.", labels, registry=self.registry
        )
        self._seconds = Histogram(
            "http_request_duration_seconds",
            "How long answers took.",
            ["method", "route"],
            registry=self.registry,
            buckets=BUCKETS,
        )
        # Finding a labelled child costs more than counting in it.
        self._counters: dict[tuple[str, str, int], Counter] = {}
        self._timers: dict[tuple[str, str], Histogram] = {}

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts one request."""
        if method not in METHODS:
            method = "OTHER"
        counter = self._counters.get((method, route, status))
        if counter is None:
            counter = self._requests.labels(method, route, str(status))
            self._counters[method, route, status] = counter
        timer = self._timers.get((method, route))
        if timer is None:
            timer = self._timers[method, route] = self._seconds.labels(method, route)
        counter.inc()
        timer.observe(seconds)

    def publish(self) -> None:
        """Lets the other workers see what the parts of this one, and the process, say now."""
        for reading in (*self._readings, *process_readings()):
            metric, last = self._published.get(reading.name) or (self._metric(reading), 0.0)
            value = reading.read()
            if isinstance(metric, Counter):
                metric.inc(value - last)
            else:
                metric.set(value)
            self._published[reading.name] = (metric, value)

    def text(self) -> bytes:
        """Everything, of every worker, in Prometheus' text format."""
        self.publish()
        return generate_latest(workers.shared_registry() or self.registry)

    def _metric(self, reading: Reading) -> Counter | Gauge:
        if reading.kind == "counter":
            return Counter(reading.name, reading.help, registry=self.registry)
        # The sum over the workers that live.
        return Gauge(
            reading.name, reading.help, registry=self.registry, multiprocess_mode="livesum"
        )
