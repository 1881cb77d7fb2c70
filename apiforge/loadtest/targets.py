"""Targets in text, such as "p95<200ms" or "GET /api/v1/products: p99<1s", and judging by them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    r"(?P<span>\s+for\s+(?P<length>\d+)\s*(?P<span_unit>s|m|h))?"
)
_SPANS = {"s": 1, "m": 60, "h": 3600}
_SPAN = re.compile(r"\s+for\s+\S+$")
_HINT = (
    "targets look like p95<200ms, errors<0.1%, success>99%, delivered>=99%, throughput>=100/s; "
    'of one endpoint, "GET /api/v1/products: p95<100ms"; in every 10 seconds, "p95<300ms for 10s"'
)


class TargetError(UsageError, ValueError):
    """A text is no target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`limit` is in milliseconds, percent, or requests per second, as its metric is.

    errors: failures and dropped requests, of all that were due. success and delivered: answered
    successfully, of all that were due. throughput: answered successfully, per second of the
    window. Times: see `Tally.times`. With `span` it must hold in every so many consecutive whole
    seconds of the window, instead of over the whole.
    """

    text: str
    endpoint: str | None
    metric: str
    sign: str
    limit: float
    span: int | None = None

    @property
    def unit(self) -> str:
        return "ms" if self.metric in _TIMES else "/s" if self.metric == "throughput" else "%"

    @property
    def place(self) -> str:
        """What a sentence about it begins with."""
        return f"{self.endpoint}: " if self.endpoint else ""

    @property
    def over_all(self) -> "Target":
        """The same without its span: judged over the whole window."""
        return replace(self, span=None, text=_SPAN.sub("", self.text))

    def holds(self, observed: float) -> bool:
        """Is that within the limit?"""
        return {
            "<": observed < self.limit,
            "<=": observed <= self.limit,
            ">": observed > self.limit,
            ">=": observed >= self.limit,
        }[self.sign]

    def written(self, value: float) -> str:
        """A value of its metric: three significant digits and the unit."""
        return f"{_number(value)}{self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """How a target held in every stretch of its span. `worst` is the first second of the worst
    one; `thin` had too few requests to say."""

    judged: int
    missed: int
    thin: int
    worst: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A target beside what was observed, in the unit of the target; None: nothing to observe.

    One that is not `judged` rests on too few requests, which makes the test invalid. `note` is what
    else must be said of it, met or not."""

    target: Target
    observed: float | None
    met: bool
    reason: str
    judged: bool = True
    note: str = ""
    spans: Spans | None = None


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
        span=_span(match) if match["span"] else None,
    )


def chosen(targets: Sequence[Target]) -> Sequence[Target]:
    """These; without any, the one of DEFAULT."""
    return targets or [parse(DEFAULT)]


def judge(targets: Sequence[Target], recording: Recording) -> list[Judgement]:
    """Judges each target over the whole window; without any, the one of DEFAULT."""
    whole = recording.whole()
    return [_judge(target, recording, whole) for target in chosen(targets)]


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


def _span(match: re.Match[str]) -> int:
    seconds = int(match["length"]) * _SPANS[match["span_unit"]]
    if not seconds:
        raise TargetError(f"{match[0]!r}: a span has at least one second", hint=_HINT)
    return seconds


def _judge(target: Target, recording: Recording, whole: Tally) -> Judgement:
    tally = recording.endpoints.get(target.endpoint) if target.endpoint else whole
    if tally is None:
        return unknown(target, recording)
    observed = observe(target.metric, tally, recording.measured)
    if observed is None:
        reason = f"{target.text}: nothing was answered that could be measured"
        return Judgement(target=target, observed=None, met=False, reason=reason)
    reason = (
        f"{target.place}{target.metric} was {target.written(observed)}, "
        f"the target is {target.sign} {target.written(target.limit)}"
    )
    return Judgement(
        target=target, observed=round(observed, 6), met=target.holds(observed), reason=reason
    )


def unknown(target: Target, recording: Recording) -> Judgement:
    """The judgement of a target of an endpoint that is not there."""
    names = ", ".join(recording.endpoints) or "none"
    reason = f"{target.text}: there is no endpoint of that name; those of this test: {names}"
    return Judgement(target=target, observed=None, met=False, reason=reason)


def observe(metric: str, tally: Tally, seconds: float) -> float | None:
    """A metric of so many seconds, in the unit of a target; None: nothing to observe."""
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


def _milliseconds(microseconds: float | None) -> float | None:
    return None if microseconds is None else microseconds / 1000


def _number(value: float) -> str:
    """Three significant digits, never in exponents: 0.0123, 4.56, 1230."""
    if value >= 100 or value == 0:
        return f"{value:.0f}"
    return f"{value:.3g}" if value >= 0.001 else f"{value:.6f}"
