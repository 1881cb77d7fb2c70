"""How many requests a percentile needs before it is a number worth judging.

Of 500 requests the p99.9 is the slowest but none: a single accident. At least five requests must
be expected beyond a percentile, so that its place in the distribution is known at all: 10 for
p50, 50 for p90, 100 for p95, 500 for p99, 5,000 for p99.9.
"""

import math
from collections.abc import Sequence

from apiforge.loadtest.targets import PERCENTILES, Target

BEYOND = 5


def needed(target: Target) -> int:
    """The requests this target needs; 1 where it is not one of a percentile."""
    percent = PERCENTILES.get(target.metric)
    return 1 if percent is None else math.ceil(round(BEYOND / (1 - percent / 100), 6))


def judgeable(targets: Sequence[Target], requests: float) -> list[Target]:
    """Those that so many requests suffice for."""
    return [target for target in targets if needed(target) <= requests]
