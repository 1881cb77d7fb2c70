"""The result as OpenMetrics text, which is also what GitLab's metrics report reads.

Base units, as is usual there: seconds instead of milliseconds. No time stamps and no run ids, so
that two runs differ in their values only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from apiforge.loadtest.reports import figures

_PREFIX = "apiforge_loadtest_"
_STATES = ("pass", "fail", "invalid")
_COUNTS = {
    "requests": "Requests that were due in the window and sent",
    "failures": "Requests that failed, those never answered included",
    "unfinished": "Requests still open when the run ended; they are failures too",
    "dropped": "Requests that were due but never sent",
}
_RATES = {
    "asked_rate": "Requests asked for per second",
    "achieved_rate": "Requests answered successfully per second of the window",
}
_TIMES = {
    "latency_ms": "From the moment a request was due; successes and requests never answered",
    "service_time_ms": "From the moment a request was sent",
    "failed_latency_ms": "Answers that failed, from the moment their request was due",
}


@dataclass(slots=True)
class _Family:
    """Samples of one name, which must stand together."""

    name: str
    text: str
    kind: str = "gauge"
    unit: str = ""
    samples: list[str] = field(default_factory=list)

    def add(self, value: object, **labels: object) -> None:
        """One sample; nothing where there is no number."""
        amount = figures.number(value)
        if amount is None:
            return
        pairs = ",".join(f'{name}="{_escaped(str(text))}"' for name, text in labels.items())
        self.samples.append(f"{self.name}{f'{{{pairs}}}' if pairs else ''} {_written(amount)}")

    def lines(self) -> Iterator[str]:
        """The metric as OpenMetrics writes it; nothing where it has no sample."""
        if self.samples:
            yield f"# TYPE {self.name} {self.kind}"
            if self.unit:
                yield f"# UNIT {self.name} {self.unit}"
            yield f"# HELP {self.name} {self.text}"
            yield from self.samples


def openmetrics(document: Mapping[str, Any]) -> str:
    """The whole exposition, ended by `# EOF`."""
    families = (
        _verdict(document),
        *_targets(document),
        *_summary(document["summary"]),
        *_endpoints(document),
        *_generator(document["generator"]),
        *_baseline(document),
    )
    lines = [line for family in families for line in family.lines()]
    return "\n".join([*lines, "# EOF"]) + "\n"


def _verdict(document: Mapping[str, Any]) -> _Family:
    name = f"{_PREFIX}verdict"
    family = _Family(name, "What became of the run", kind="stateset")
    for state in _STATES:
        family.add(int(document["verdict"].get("status") == state), **{name: state})
    return family


def _targets(document: Mapping[str, Any]) -> Iterator[_Family]:
    met = _Family(f"{_PREFIX}target_met", "1 where the target was met")
    observed = _Family(
        f"{_PREFIX}target_observed",
        "What the target was judged by, in its unit",
    )
    for target in document["targets"]:
        outcome = {"met": 1, "missed": 0}.get(figures.outcome(target))
        met.add(outcome, target=target.get("text"))
        unit = target.get("unit") or ""
        observed.add(target.get("observed"), target=target.get("text"), unit=unit)
    yield from (met, observed)


def _summary(summary: Mapping[str, Any]) -> Iterator[_Family]:
    for key, text in (*_COUNTS.items(), *_RATES.items()):
        family = _Family(f"{_PREFIX}{key}", text)
        family.add(summary.get(key))
        yield family
    for key, text in _TIMES.items():
        family = _seconds(key.removesuffix("_ms"), text)
        for statistic, value in (summary.get(key) or {}).items():
            family.add(_in_seconds(value), statistic=_named(statistic))
        yield family


def _endpoints(document: Mapping[str, Any]) -> Iterator[_Family]:
    for key in ("requests", "failures"):
        family = _Family(f"{_PREFIX}endpoint_{key}", f"{_COUNTS[key]}, by endpoint")
        for endpoint in document["endpoints"]:
            family.add(endpoint.get(key), endpoint=endpoint.get("name"))
        yield family
    family = _seconds("endpoint_latency", f"{_TIMES['latency_ms']}, by endpoint")
    for endpoint in document["endpoints"]:
        for statistic, value in (endpoint.get("latency_ms") or {}).items():
            name = endpoint.get("name")
            family.add(_in_seconds(value), endpoint=name, statistic=_named(statistic))
    yield family


def _generator(generator: Mapping[str, Any]) -> Iterator[_Family]:
    cpu = _Family(f"{_PREFIX}generator_cpu_ratio", "The generator's share of a core", unit="ratio")
    cpu.add(generator.get("cpu"))
    lag = _seconds("generator_lag", "How late requests left the generator")
    lag.add(_in_seconds(generator.get("lag_p99_ms")), statistic="p99")
    yield from (cpu, lag)


def _baseline(document: Mapping[str, Any]) -> Iterator[_Family]:
    found = document.get("baseline") or {}
    ratio = _Family(f"{_PREFIX}baseline_ratio", "This run divided by its baseline", unit="ratio")
    for row in found.get("metrics") or ():
        ratio.add(row.get("ratio"), metric=row.get("metric"))
    yield ratio


def _seconds(name: str, text: str) -> _Family:
    return _Family(f"{_PREFIX}{name}_seconds", text, unit="seconds")


def _in_seconds(milliseconds: object) -> float | None:
    """To the microsecond, so that 16.1 ms is not 0.016100000000000003 s."""
    amount = figures.number(milliseconds)
    return None if amount is None else round(amount / 1000, 6)


def _named(statistic: str) -> str:
    return statistic.replace("_", ".")


def _written(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _escaped(text: str) -> str:
    """A label's value. GitLab takes every `#` for a comment, so there must be none."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", " ")
    return plain.replace("#", "%23")
