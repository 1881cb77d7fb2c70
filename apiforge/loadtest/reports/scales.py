"""Axes of the plots: from a value to a place, and where the ticks go."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

HEIGHT = 1000
"""Units a plot is high; the browser stretches them."""

_LOGARITHMIC_FROM = 40.0
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_TIME_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)


class Scale(Protocol):
    """A vertical axis."""

    def share(self, value: float) -> float:
        """How far up a value stands, 0 to 1."""

    def ticks(self) -> Sequence[float]:
        """Values that deserve a line and a label, from the lowest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """From zero to a round number."""

    top: float
    step: float

    def share(self, value: float) -> float:
        return min(1.0, max(0.0, value / self.top))

    def ticks(self) -> Sequence[float]:
        return [self.step * index for index in range(round(self.top / self.step) + 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Logarithmic:
    """From one of 1, 2, 5 times a power of ten to another."""

    bottom: float
    top: float

    def share(self, value: float) -> float:
        if value <= self.bottom:
            return 0.0
        return min(1.0, math.log(value / self.bottom) / math.log(self.top / self.bottom))

    def ticks(self) -> Sequence[float]:
        first = math.floor(math.log10(self.bottom))
        last = math.ceil(math.log10(self.top))
        factors = (1,) if self.top / self.bottom > 500 else (1, 2, 5)
        marks = [factor * 10.0**power for power in range(first, last + 1) for factor in factors]
        return [mark for mark in marks if self.bottom <= mark * 1.0001 <= self.top * 1.001]


def linear(values: Iterable[float], *, whole: bool = False) -> Linear:
    """Room for all values in three to six steps; `whole` keeps the ticks at integers."""
    highest = max(values, default=0.0) or 1.0
    rough = highest / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in _STEPS if power * factor >= rough * 0.999)
    if whole:
        step = max(1.0, math.ceil(step))
    return Linear(top=step * math.ceil(highest / step - 1e-9), step=step)


def fitting(values: Sequence[float]) -> Scale:
    """Linear, or logarithmic where the highest would press the rest to the floor."""
    positive = [value for value in values if value > 0]
    if not positive or max(positive) < _LOGARITHMIC_FROM * min(positive):
        return linear(values)
    return Logarithmic(bottom=_round_down(min(positive)), top=_round_up(max(positive)))


def named(note: str, scale: Scale) -> str:
    """A plot's note, which says so when its vertical axis is logarithmic."""
    return f"{note}; logarithmic" if isinstance(scale, Logarithmic) else note


def time_ticks(end: float) -> list[int]:
    """Round moments between 0 and `end` seconds, at most seven."""
    step = next((step for step in _TIME_STEPS if end / step <= 6), _TIME_STEPS[-1])
    return list(range(0, int(end) + 1, step))


def nines(percent: float) -> float:
    """Where a percentile stands on a scale that gives each further nine the same room."""
    return -math.log10(1 - percent / 100)


def _round_up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= value * 0.9999)


def _round_down(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * factor for factor in (5, 2, 1) if power * factor <= value * 1.0001)
