"""Targets in text, such as "p95<200ms" or "GET /api/v1/products: p99<1s", and judging by them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apiforge.errors import UsageError
from apiforge.loadtest.recording import Recording, Tally

DEFAULT = "errors<1%"
PERCENTILES = {"p50": 50.0, "p90": 90.0, "p95": 95.0, "p99": 99.0, "p99.9": 99.9}
_TIMES = (*PERCENTILES, "mean", "max")
_METRICS = (*_TIMES, "errors", "success", "delivered", "throughput")
_FACTORS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "%": 1.0, "/s": 1.0}
_TARGET = re.compile(
    r"(?P<metric>[a-z][a-z0-9.]*)\s*(?P<sign>[<>]=?)\s*"
    r"(?P<limit>\d+(?:\.\d*)?|\.\d+)\s*(?P<unit>us|ms|s|%|/s)"
)
_HINT = (
    "targets look like p95<200ms, errors<0.1%, success>99%, delivered>=99%, throughput>=100/s "
    'or, for one endpoint, "GET /api/v1/products: p95<100ms"'
)


class TargetError(UsageError, ValueError):
    """A text is no target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`limit` is in milliseconds, percent, or requests per second, as its metric is.

    errors: failures and dropped requests, of all that were due. success and delivered: answered
    successfully, of all that were due. throughput: answered successfully, per second of the
    window. Times: see `Tally.times`.
    """

    text: str
    endpoint: str | None
    metric: str
    sign: str
    limit: float

    @property
    def unit(self) -> str:
        return "ms" if self.metric in _TIMES else "/s" if self.metric == "throughput" else "%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A target beside what was observed, in the unit of the target; None: nothing to observe.

    One that is not `judged` rests on too few requests, which makes the test invalid."""

    target: Target
    observed: float | None
    met: bool
    reason: str
    judged: bool = True


def parse(text: str) -> Target:
    """Reads one target; raises TargetError."""
    text = text.strip()
    endpoint, colon, expression = text.rpartition(":")
    match = _TARGET.fullmatch(expression.strip())
    if match is None or (colon and not endpoint.strip()):
        raise TargetError(f"{text!r} is not a target", hint=_HINT)
    metric, sign, unit = match["metric"], match["sign"], match["unit"]
    _check(text, metric, sign, unit)
    return Target(
        text=text,
        endpoint=endpoint.strip() or None,
        metric=metric,
        sign=sign,
        limit=float(match["limit"]) * _FACTORS[unit],
    )


def judge(targets: Sequence[Target], recording: Recording) -> list[Judgement]:
    """Judges each target; without any, the one of DEFAULT."""
    chosen = targets or [parse(DEFAULT)]
    whole = recording.whole()
    return [_judge(target, recording, whole) for target in chosen]


def tightest_ms(targets: Sequence[Target]) -> float | None:
    """The smallest limit of a percentile target, in milliseconds."""
    return min((target.limit for target in targets if target.metric in PERCENTILES), default=None)


def errors_percent(tally: Tally) -> float | None:
    """What failed or could not be sent, of all that was due."""
    return 100 * (tally.failures + tally.dropped) / tally.due if tally.due else None


def _check(text: str, metric: str, sign: str, unit: str) -> None:
    if metric not in _METRICS:
        raise TargetError(f"{text!r}: nothing called {metric!r} is measured", hint=_HINT)
    expected = {"throughput": ("/s",)}.get(
        metric, ("us", "ms", "s") if metric in _TIMES else ("%",)
    )
    if unit not in expected:
        raise TargetError(f"{text!r}: {metric} is given in {' or '.join(expected)}", hint=_HINT)
    wanted = "<" if metric in (*_TIMES, "errors") else ">"
    if not sign.startswith(wanted):
        raise TargetError(f"{text!r}: {metric} is limited by {wanted} or {wanted}=", hint=_HINT)


def _judge(target: Target, recording: Recording, whole: Tally) -> Judgement:
    tally = recording.endpoints.get(target.endpoint) if target.endpoint else whole
    if tally is None:
        names = ", ".join(recording.endpoints) or "none"
        reason = f"{target.text}: there is no endpoint of that name; those of this test: {names}"
        return Judgement(target=target, observed=None, met=False, reason=reason)
    observed = _observed(target.metric, tally, recording.measured)
    if observed is None:
        reason = f"{target.text}: nothing was answered that could be measured"
        return Judgement(target=target, observed=None, met=False, reason=reason)
    met = _holds(observed, target.sign, target.limit)
    place = f"{target.endpoint}: " if target.endpoint else ""
    reason = (
        f"{place}{target.metric} was {_number(observed)}{target.unit}, "
        f"the target is {target.sign} {_number(target.limit)}{target.unit}"
    )
    return Judgement(target=target, observed=round(observed, 6), met=met, reason=reason)


def _observed(metric: str, tally: Tally, seconds: float) -> float | None:
    if metric in PERCENTILES:
        return _milliseconds(tally.times.percentile(PERCENTILES[metric]))
    if metric == "mean":
        return _milliseconds(tally.times.mean())
    if metric == "max":
        return tally.times.maximum / 1000 if tally.times.count else None
    if metric == "throughput":
        return tally.succeeded / seconds if seconds else None
    errors = errors_percent(tally)
    return errors if errors is None or metric == "errors" else 100 - errors


def _holds(observed: float, sign: str, limit: float) -> bool:
    return {
        "<": observed < limit,
        "<=": observed <= limit,
        ">": observed > limit,
        ">=": observed >= limit,
    }[sign]


def _milliseconds(microseconds: float | None) -> float | None:
    return None if microseconds is None else microseconds / 1000


def _number(value: float) -> str:
    """Three significant digits, never in exponents: 0.0123, 4.56, 1230."""
    if value >= 100 or value == 0:
        return f"{value:.0f}"
    return f"{value:.3g}" if value >= 0.001 else f"{value:.6f}"
