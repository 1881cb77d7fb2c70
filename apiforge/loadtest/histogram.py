"""Times in log-linear buckets: three significant digits, merged without loss.

Whole microseconds: exact below 4,096, above that 2,048 buckets to each doubling, so a bucket is
at most 1/2,048 of its value wide. `loadtests/times.py` counts in the same buckets.
"""

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any, Self

_EXACT_BITS = 12
_HALF_BITS = _EXACT_BITS - 1


def bucket(microseconds: int) -> int:
    """The number of the bucket that holds a time."""
    shift = microseconds.bit_length() - _EXACT_BITS
    return (shift << _HALF_BITS) + (microseconds >> shift) if shift > 0 else microseconds


def middle(number: int) -> float:
    """The time in the middle of a bucket, in microseconds."""
    if number < 1 << _EXACT_BITS:
        return float(number)
    shift = (number >> _HALF_BITS) - 1
    low = (number - (shift << _HALF_BITS)) << shift
    return low + ((1 << shift) - 1) / 2


class Histogram:
    """Counts of times; `total` is their exact sum in microseconds.

    One that was read from JSON stays as compact as it was there until something is added: a long
    run has thousands of them, each with some thousand buckets.
    """

    __slots__ = ("_counts", "_packed", "count", "maximum", "minimum", "total")

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._packed: array[int] | None = None
        self.count = 0
        self.total = 0
        self.minimum = 0
        self.maximum = 0

    @property
    def counts(self) -> dict[int, int]:
        """By the number of the bucket; of a compact one, made anew each time it is asked for."""
        if self._packed is None:
            return self._counts
        return dict(zip(accumulate(self._packed[::2]), self._packed[1::2], strict=True))

    @counts.setter
    def counts(self, counts: dict[int, int]) -> None:
        self._counts, self._packed = counts, None

    def ranked(self) -> tuple[list[int], list[int]]:
        """The buckets that hold something, ascending, and how many times lie in them and below."""
        if self._packed is not None:
            return list(accumulate(self._packed[::2])), list(accumulate(self._packed[1::2]))
        numbers = sorted(self._counts)
        return numbers, list(accumulate(map(self._counts.__getitem__, numbers)))

    def record(self, microseconds: int, count: int = 1) -> None:
        """Adds a time, so many times."""
        number = bucket(microseconds)
        self._extend({number: count}, microseconds * count, microseconds, microseconds)

    def merge(self, other: Self) -> None:
        """Adds everything `other` holds."""
        if other.count:
            self._extend(other.counts, other.total, other.minimum, other.maximum)

    @classmethod
    def merged(cls, parts: Iterable[Self]) -> Self:
        """A new one that holds everything the parts hold."""
        whole = cls()
        for part in parts:
            whole.merge(part)
        return whole

    def mean(self) -> float | None:
        """In microseconds; None of nothing."""
        return self.total / self.count if self.count else None

    def percentile(self, percent: float) -> float | None:
        """The smallest time that at least `percent` of all times do not exceed (nearest rank).

        In microseconds, None of nothing. Within 1/4,096 of the exact value.
        """
        return next(self.percentiles([percent]), None) if self.count else None

    def slower_than(self, microseconds: float) -> int:
        """How many times lie beyond this one; exact to the width of a bucket."""
        edge = bucket(int(microseconds))
        return sum(count for number, count in self.counts.items() if number > edge)

    def percentiles(self, percents: Iterable[float]) -> Iterator[float]:
        """`percentile` of ascending `percents`, in one pass."""
        numbers, until = self.ranked()
        for percent in percents:
            # Rounded, because 99.9 / 100 * 1000 is 999.0000000000001.
            rank = max(1, math.ceil(round(percent / 100 * self.count, 6)))
            yield self._at(rank, numbers[bisect_left(until, rank)])

    def to_json(self) -> dict[str, Any]:
        """Buckets ascending, each as the distance to the one before, and its count."""
        flat: list[int] = []
        before, counts = 0, self.counts
        for number in sorted(counts):
            flat += (number - before, counts[number])
            before = number
        return {"total": self.total, "min": self.minimum, "max": self.maximum, "buckets": flat}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Reads what `to_json` and `loadtests/times.py` write."""
        histogram = cls()
        flat: list[int] = data["buckets"]
        if flat:
            histogram._packed = array("I" if max(flat) < 1 << 32 else "Q", flat)
            histogram.count = sum(flat[1::2])
            histogram.total = data["total"]
            histogram.minimum, histogram.maximum = data["min"], data["max"]
        return histogram

    def _at(self, rank: int, number: int) -> float:
        if rank == self.count:
            return self.maximum
        return self.minimum if rank == 1 else min(max(middle(number), self.minimum), self.maximum)

    def _extend(self, counts: dict[int, int], total: int, minimum: int, maximum: int) -> None:
        self.minimum = min(self.minimum, minimum) if self.count else minimum
        self.maximum = max(self.maximum, maximum)
        self.total += total
        self.count += sum(counts.values())
        mine = self.counts
        if mine:
            for number, count in counts.items():
                mine[number] = mine.get(number, 0) + count
        self.counts = mine or dict(counts)
