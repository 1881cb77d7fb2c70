"""Whether the test itself can be trusted: what the generator did, against what it may do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apiforge.loadtest.reports import figures

CPU_LIMIT = 0.8
"""Share of one core above which a generator sends late."""

_LAG_FLOOR_MS = 10.0
_LAG_SHARE_OF_TARGET = 0.05
_TIME = re.compile(r"\b(p[\d.]+|mean|max)\s*<=?\s*([\d.]+)\s*(us|ms|s)\s*$")
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


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
    """A target that is a time; `percent` where it is one of a percentile."""

    text: str
    percent: float | None
    milliseconds: float
    endpoint: str
    met: bool


def checks(document: Mapping[str, Any]) -> list[Check]:
    """The generator's health, most telling first."""
    generator, summary = document["generator"], document["summary"]
    lag_limit = lag_limit_ms(document)
    return [
        Check(
            name="Schedule lag, p99",
            observed=figures.milliseconds(generator.get("lag_p99_ms")),
            limit=f"at most {figures.milliseconds(lag_limit)}",
            meaning="How late requests left the generator. Lateness counts in the latency.",
            holds=_within(generator.get("lag_p99_ms"), lag_limit),
        ),
        Check(
            name="Generator CPU",
            observed=cpu(generator.get("cpu")),
            limit=f"at most {cpu(CPU_LIMIT)}",
            meaning="A generator short of CPU measures itself instead of the service.",
            holds=_within(generator.get("cpu"), CPU_LIMIT),
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


def lag_limit_ms(document: Mapping[str, Any]) -> float:
    """10 ms, or 5 % of the tightest time target where that is more."""
    limits = time_limits_ms(document)
    return max(_LAG_FLOOR_MS, _LAG_SHARE_OF_TARGET * min(limits, default=0.0))


def time_limits_ms(document: Mapping[str, Any]) -> list[float]:
    """The limits of all targets that are times, in milliseconds."""
    return [limit.milliseconds for limit in _limits(document)]


def overall_limits(document: Mapping[str, Any]) -> list[Limit]:
    """The time targets of the whole scenario, which can be drawn beside its latency."""
    return [limit for limit in _limits(document) if not limit.endpoint]


def _limits(document: Mapping[str, Any]) -> list[Limit]:
    found = ((target, _TIME.search(str(target.get("text", "")))) for target in document["targets"])
    return [
        Limit(
            text=match[0].strip(),
            percent=float(match[1][1:]) if match[1].startswith("p") else None,
            milliseconds=float(match[2]) * _MILLISECONDS[match[3]],
            endpoint=match.string[: match.start()].strip(),
            met=bool(target.get("met")),
        )
        for target, match in found
        if match
    ]


def _within(value: object, limit: float) -> bool | None:
    amount = figures.number(value)
    return None if amount is None else amount <= limit
