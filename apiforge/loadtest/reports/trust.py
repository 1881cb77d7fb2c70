"""Whether the test itself can be trusted: what the generator did, against what it may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apiforge.loadtest import targets as grammar
from apiforge.loadtest import validity
from apiforge.loadtest.reports import figures
from apiforge.loadtest.targets import Target
from apiforge.loadtest.validity import CPU_LIMIT, CPU_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that must hold for a test to mean something; `holds` is None when unknown."""

    name: str
    observed: str
    limit: str
    meaning: str
    holds: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A target that is a time; `percent` where it is one of a percentile of the whole run."""

    text: str
    percent: float | None
    milliseconds: float
    met: bool


def checks(document: Mapping[str, Any]) -> list[Check]:
    """The generator's health, most telling first."""
    generator, summary = document["generator"], document["summary"]
    lag_limit = lag_limit_ms(document)
    return [
        Check(
            name="Schedule lag, p99",
            observed=figures.milliseconds(generator.get("lag_p99_ms")),
            limit=f"at most {lag_limit:g} ms",
            meaning="How late requests left the generator. Lateness counts in the latency.",
            holds=_within(generator.get("lag_p99_ms"), lag_limit),
        ),
        Check(
            name="Generator CPU",
            observed=_cpu_in_words(generator),
            limit=f"at most {cpu(CPU_LIMIT)} for {CPU_SECONDS} s",
            meaning="A generator short of CPU measures itself instead of the service.",
            holds=_within(generator.get("cpu_sustained"), CPU_LIMIT),
        ),
        Check(
            name="Load not sent",
            observed=figures.count(summary.get("dropped")),
            limit="none, or the service's fault",
            meaning="Requests that were due while too many were still unanswered. They count "
            "as errors.",
            holds=None,
        ),
    ]


def cpu(value: object) -> str:
    """CPU use as a share of one core."""
    share = figures.number(value)
    return figures.NOTHING if share is None else f"{100 * share:.0f}% of a core"


def _cpu_in_words(generator: Mapping[str, Any]) -> str:
    """The mean, the peak, and what is judged: what it was at least, for some seconds in a row."""
    told = [cpu(generator.get("cpu"))]
    peak = figures.number(generator.get("cpu_max"))
    sustained = figures.number(generator.get("cpu_sustained"))
    if peak is not None:
        told.append(f"peak {100 * peak:.0f}%")
    if sustained is not None:
        told.append(f"at least {100 * sustained:.0f}% for {CPU_SECONDS} s")
    return ", ".join(told)


def lag_limit_ms(document: Mapping[str, Any]) -> float:
    """How late requests may leave before the test is invalid."""
    return validity.lag_limit_ms([target for target, _ in _targets(document)])


def overall_limits(document: Mapping[str, Any]) -> list[Limit]:
    """The time targets of the whole scenario, which can be drawn beside its latency."""
    return [
        Limit(
            text=target.text,
            percent=None if target.span else grammar.PERCENTILES.get(target.metric),
            milliseconds=target.limit,
            met=met,
        )
        for target, met in _targets(document)
        if target.unit == "ms" and target.endpoint is None
    ]


def _targets(document: Mapping[str, Any]) -> list[tuple[Target, bool]]:
    found = []
    for entry in document["targets"]:
        try:
            target = grammar.parse(str(entry.get("text")))
        except grammar.TargetError:
            continue  # of a later version: judged there, only not drawn here
        found.append((target, bool(entry.get("met"))))
    return found


def _within(value: object, limit: float) -> bool | None:
    amount = figures.number(value)
    return None if amount is None else amount <= limit
