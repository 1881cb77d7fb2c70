"""How many requests a percentile needs before it is a number worth judging.

Of 500 requests the p99.9 is the slowest but none: a single accident. At least five requests must
be expected beyond a percentile, so that its place in the distribution is known at all: 10 for
p50, 50 for p90, 100 for p95, 500 for p99, 5,000 for p99.9.

A miss may show in fewer. If p95 were within its limit, 1 in 20 would be slower than the limit:
when far more are than chance explains, the target is missed, and a hung server found out at once.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from apiforge.loadtest.histogram import Histogram
from apiforge.loadtest.recording import Recording, Tally
from apiforge.loadtest.targets import PERCENTILES, Judgement, Target

BEYOND = 5
CHANCE = 0.01


def needed(target: Target) -> int:
    """The requests this target needs; 1 where it is not one of a percentile."""
    percent = PERCENTILES.get(target.metric)
    return 1 if percent is None else math.ceil(round(BEYOND / (1 - percent / 100), 6))


def judgeable(targets: Sequence[Target], rate: float, seconds: float) -> list[Target]:
    """Those that a test at this rate, so long, suffices for."""
    return [
        target
        for target in targets
        if (target.span or 0) <= seconds and needed(target) <= rate * (target.span or seconds)
    ]


def sift(judgements: Sequence[Judgement], recording: Recording) -> list[Judgement]:
    """The judgements over the whole window; in place of those that rest on too few requests, the
    reason why not.

    What was due counts, not what was answered: answers that are missing are the target's fault.
    """
    return [_sifted(judgement, recording) for judgement in judgements]


def suffices(target: Target, tally: Tally) -> bool:
    """Can this target be judged by what was due in so much time? Nothing due says nothing."""
    due = tally.due
    return due >= needed(target) or (due > 0 and _is_missed_for_sure(target, tally.times))


def _sifted(judgement: Judgement, recording: Recording) -> Judgement:
    target, want = judgement.target, needed(judgement.target)
    known = recording.endpoints.get(target.endpoint) if target.endpoint else recording.whole()
    due = known.due if known else 0
    if known is None or not due or suffices(target, known):
        return judgement
    rate = due / recording.measured if recording.measured else 0.0
    wait = f"test for at least {time_as_typed(want / rate)} at this rate" if rate else "test longer"
    reason = (
        f"{target.place}{target.metric} of {due:,} requests is not a number worth judging, "
        f"{want:,} are needed: {wait}, or choose another target than {target.text}"
    )
    return replace(judgement, observed=None, met=False, judged=False, reason=reason)


def _is_missed_for_sure(target: Target, times: Histogram) -> bool:
    """Are more requests too slow than chance would make of a target that is met? One-sided test
    of a binomial proportion at CHANCE."""
    beyond = 1 - PERCENTILES[target.metric] / 100
    slow = times.slower_than(target.limit * 1000)
    fewer = sum(
        math.comb(times.count, number) * beyond**number * (1 - beyond) ** (times.count - number)
        for number in range(slow)
    )
    return slow > 0 and 1 - fewer < CHANCE


def time_as_typed(seconds: float) -> str:
    """As the command line takes it, rounded up."""
    whole = math.ceil(round(seconds, 3))
    return f"{whole}s" if whole < 600 else f"{math.ceil(whole / 60)}m"
