"""The breakpoint: the highest rate at which the targets hold and nothing piles up.

A short probe at one rate tells whether the server bears it. Doubling or halving (or a smaller
stride, where it is known roughly) brackets the breakpoint, then the bracket is narrowed. A probe is
too short for a slowly growing queue to miss a target, so growth itself is looked at: when more
comes than is served, latency grows by (asked - served) / served seconds each second, whatever the
server. That slope also tells where the capacity is, which saves probes.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apiforge.loadtest.recording import Recording, Tally

PRECISION = 0.03
"""The bracket is narrow enough when its upper end is so much above the lower one."""
GROWTH_LIMIT = 0.01
"""Seconds a second: with more, requests pile up."""
# Requests per second between which is searched.
_LOWEST = 0.5
_HIGHEST = 100_000.0
_JUST_BELOW = 0.985  # of the capacity that a slope tells
_FEWEST = 3  # seconds that have a median, for a slope


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One rate that was tried; `reason` says why it did not hold."""

    rate: float
    held: bool
    growth: float
    reason: str
    p95_ms: float | None = None
    mean_ms: float | None = None
    seconds: float = 0.0


class Search:
    """Which rate to try next, from what the probes so far showed."""

    def __init__(self, start: float, *, precision: float = PRECISION, stride: float = 2.0) -> None:
        self._start = start
        self._precision = precision
        self._stride = stride
        self._held: list[float] = []
        self._guess: float | None = None
        self._step = 0.0
        self._broken = 0
        self.high: float | None = None
        """The lowest rate above `low` that did not hold."""

    @property
    def low(self) -> float:
        """The highest rate that held; 0 if none did."""
        return max((rate for rate in self._held if rate < (self.high or math.inf)), default=0.0)

    @property
    def uncertainty(self) -> float | None:
        """Half the width of the bracket as a share of its middle; None of an open one."""
        if self.high is None or not self.low:
            return None
        return (self.high - self.low) / (self.high + self.low)

    def next_rate(self) -> float | None:
        """The rate to try; None when the breakpoint is known well enough, or out of reach."""
        low, high = self.low, self.high
        if high is None:
            rate = low * self._reach(len(self._held)) if low else self._start
            return rate if rate <= _HIGHEST else None
        if low and high <= low * (1 + self._precision) * 1.001:
            return None
        if self._guess is not None and self._guess > low:
            return self._guess
        if self._step and low:
            # Expected just above: little steps, then larger ones, but never past the middle.
            return min(low * (1 + self._step), math.sqrt(low * high))
        rate = math.sqrt(low * high) if low else high / self._reach(self._broken)
        return rate if rate >= _LOWEST else None

    def _reach(self, probes: int) -> float:
        """The factor to the next rate after so many on this side: longer each time, at most 2."""
        return min(2.0, self._stride ** max(1, probes))

    def note(self, probe: Probe) -> None:
        """Learns how a probe went."""
        self._guess = None
        if probe.held:
            self._held.append(probe.rate)
            self._step *= 2
            return
        self.high = probe.rate if self.high is None else min(self.high, probe.rate)
        self._broken += 1
        self._step = 0.0
        if probe.growth > GROWTH_LIMIT:
            # Where there is a slope there is a capacity: what holds just below is near it.
            self._guess = probe.rate / (1 + probe.growth) * _JUST_BELOW
            self._step = self._precision / (2 if self._guess > self.low else 1)


def growth(recording: Recording) -> float:
    """Seconds by which latency grows each second of the window, by least squares; 0 if unknown."""
    points = [
        (float(second), median / 1e6)
        for second, tally in enumerate(recording.seconds)
        if (median := _median(tally)) is not None
    ]
    if len(points) < _FEWEST:
        return 0.0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread


def _median(tally: Tally) -> float | None:
    return tally.times.percentile(50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakpoint:
    """What a search found. `recording` is of the last and longest probe at the rate found, or, if
    none held, of the last one. `faults` are the generator's own, which ended the search."""

    recording: Recording
    search: Search
    probes: tuple[Probe, ...]
    faults: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """For the result: rates per second, times in milliseconds."""
        uncertainty = self.search.uncertainty
        return {
            "rate": round(self.search.low, 3),
            "first_broken_rate": None if self.search.high is None else round(self.search.high, 3),
            "uncertainty_percent": None if uncertainty is None else round(100 * uncertainty, 2),
            "probes": [
                {
                    "rate": round(probe.rate, 3),
                    "held": probe.held,
                    "reason": probe.reason,
                    "p95_ms": probe.p95_ms,
                    "mean_ms": probe.mean_ms,
                    "growth_ms_per_s": round(1000 * probe.growth, 3),
                    "seconds": probe.seconds,
                }
                for probe in self.probes
            ],
        }


def judge_breakpoint(
    found: Breakpoint, judged: Mapping[str, Any], *, required: float | None
) -> dict[str, Any]:
    """The verdict on a search: a breakpoint is a result, whatever happened above it."""
    search = found.search
    if found.faults:
        reached = f"the targets held up to {search.low:.5g} requests/s" if search.low else ""
        return {"status": "invalid", "reasons": [*found.faults, *([reached] if reached else [])]}
    if judged["status"] == "invalid":
        return dict(judged)
    if not search.low:
        reason = found.probes[-1].reason if found.probes else "interrupted"
        return {"status": "fail", "reasons": [f"no rate held that was tried: {reason}"]}
    reasons = [_told(found)]
    if required is not None and search.low < required:
        reasons.insert(0, f"the breakpoint is below the {required:g} requests/s that are required")
        return {"status": "fail", "reasons": reasons}
    return {"status": "pass", "reasons": reasons}


def _told(found: Breakpoint) -> str:
    search = found.search
    if search.high is None or search.uncertainty is None:
        return f"the targets hold up to {search.low:.5g} requests/s at least: none higher was tried"
    broken = (it for it in found.probes if it.rate == search.high and not it.held)
    why = next(broken).reason
    return (
        f"the targets hold up to {search.low:.5g} requests/s (the breakpoint is "
        f"{(search.low + search.high) / 2:.5g}/s within {100 * search.uncertainty:.1f} %); "
        f"at {search.high:.5g}/s {why}"
    )
