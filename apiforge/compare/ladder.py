"""The rates that a comparison tries: rungs of one ladder, the same for all variants.

A search for the highest rate that begins where each variant was last would try rates of its own,
and two equal variants would differ for ever by what lies between their rates. On common rungs,
equal ones are found equal.
"""

import math

from apiforge.loadtest.breakpoint import Search

RUNG = 0.06
"""From one rate to the next, as a share."""
STRIDE = 2
"""Rungs from a rate that held to the next, as long as none is known that does not."""
_APART = math.log1p(RUNG)


def rung_of(rate: float) -> int:
    """The number of the rung that is nearest to a rate; rung 0 is 1/s."""
    return round(math.log(rate) / _APART)


def rate_of(rung: int) -> float:
    return math.exp(rung * _APART)


class Ladder(Search):
    """The search for a breakpoint that goes by rungs."""

    def __init__(self, start: float, *, is_near: bool = False) -> None:
        """`is_near`: no stride is longer than another, as the breakpoint is expected so near."""
        self.start = rate_of(rung_of(start))
        self._is_near = is_near
        super().__init__(self.start, precision=RUNG, stride=rate_of(STRIDE))

    def next_rate(self) -> float | None:
        wanted = super().next_rate()
        if wanted is None:
            return None
        rung = rung_of(wanted)
        if self.high is not None:
            rung = min(rung, rung_of(self.high) - 1)
        if self.low:
            rung = max(rung, rung_of(self.low) + 1)
        return rate_of(rung)

    def _reach(self, probes: int) -> float:
        return super()._reach(1 if self._is_near else probes)

    @property
    def found(self) -> float | None:
        """The highest rate that held, where one that did not is at most a stride above it."""
        if self.high is None or not self.low:
            return None
        return self.low if rung_of(self.high) - rung_of(self.low) <= STRIDE else None

    @property
    def start_of_next(self) -> float:
        """Where to begin when it is searched again: where it is, or in the direction it lies."""
        if not self.low:
            return (self.high or self.start) / rate_of(STRIDE)
        if self.high is None:
            return self.low * rate_of(STRIDE)
        return self.found or math.sqrt(self.low * self.high)
