"""Times in buckets, counted cheaply.

Whole microseconds in log-linear buckets: exact below 4,096, then 2,048 buckets to each doubling,
which keeps three significant digits. `apiforge.loadtest.histogram` reads them.
"""

from array import array
from collections import Counter
from itertools import accumulate
from typing import Any
from zlib import compress, decompress

_NEVER = 1 << 62
_QUICKLY = 1


def bucket(microseconds: int) -> int:
    """The number of the bucket that holds a time."""
    shift = microseconds.bit_length() - 12
    return (shift << 11) + (microseconds >> shift) if shift > 0 else microseconds


class Times:
    """A histogram of microseconds; what is `packed` of it takes little memory."""

    __slots__ = ("_packed", "counts", "maximum", "minimum", "total")

    def __init__(self) -> None:
        self._packed: bytes | None = None
        self.counts: dict[int, int] = {}
        self.total = 0
        self.minimum = _NEVER
        self.maximum = 0

    def add(self, microseconds: int) -> None:
        # As `bucket` does, without the call: this runs several times for each request.
        shift = microseconds.bit_length() - 12
        number = (shift << 11) + (microseconds >> shift) if shift > 0 else microseconds
        counts = self.counts
        if number in counts:
            counts[number] += 1
        else:
            counts[number] = 1
        self.total += microseconds
        if microseconds > self.maximum:
            self.maximum = microseconds
        if microseconds < self.minimum:
            self.minimum = microseconds

    def pack(self) -> None:
        """For a second that is over: a dict of some thousand buckets, each second, adds up."""
        self._packed, self.counts = compress(array("I", self._flat()), _QUICKLY), {}

    def buckets(self) -> dict[int, int]:
        """How many times are in each bucket, by its number."""
        if self._packed is None:
            return self.counts
        flat = self._unpacked(self._packed)
        steps, counts = flat[::2], flat[1::2]
        whole = Counter(dict(zip(accumulate(steps), counts, strict=True)))
        whole.update(self.counts)
        return whole

    def as_json(self) -> dict[str, Any]:
        """Buckets ascending, each as the distance to the one before, and its count."""
        packed = self._packed if self._packed and not self.counts else None
        flat = self._flat() if packed is None else self._unpacked(packed).tolist()
        minimum = self.minimum if flat else 0
        return {"total": self.total, "min": minimum, "max": self.maximum, "buckets": flat}

    @staticmethod
    def _unpacked(packed: bytes) -> "array[int]":
        return array("I", decompress(packed))

    def _flat(self) -> list[int]:
        counts = self.buckets()
        flat: list[int] = []
        before = 0
        for bucket in sorted(counts):
            flat += (bucket - before, counts[bucket])
            before = bucket
        return flat
