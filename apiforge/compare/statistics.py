"""Which variants differ, from values paired by round: intervals and verdicts.

The unit is the round, never the request: requests of one round share its accidents, so thousands
of them are no thousands of observations. A round's values of two variants are taken minutes apart
on one machine, so their ratio loses what the whole machine did.

- Each pair of variants: Student's t of the mean log-ratio over the rounds that have both values
  (a paired t-test; Student, 1908, "The probable error of a mean").
- All pairs of all primary metrics are one family: Holm's step-down procedure keeps the chance of
  calling any difference where there is none at `ALPHA` (Holm, 1979, "A simple sequentially
  rejective multiple test procedure"). Each interval has the level at which Holm's procedure
  tested its pair, so it excludes 1 exactly where the pair is rejected (Ludbrook, 2000).
- A pair is called only when, besides, the ratio is at least `SMALLEST` away from 1.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

ALPHA = 0.05
SMALLEST = 0.05
"""The smallest difference that matters, as a share."""
FEWEST_ROUNDS = 5

Verdict = Literal["faster", "slower", "no difference shown", "too few rounds"]
Rounds = Mapping[str, Sequence[float | None]]
"""A value for each round, by variant; None where the round has none. All are equally long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """Something measured once a round.

    `step` is the share by which two values must differ to be told apart at all (a rate found by a
    search is known to 3 %, say): values that agree to the step do not prove a smaller difference.
    """

    name: str
    more_is_better: bool = False
    step: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How `a` compares to `b`: `ratio` is the geometric mean of a divided by b over the rounds.

    None where there are too few rounds for the number. The verdict is about `a`; None where the
    metric is only explored.
    """

    metric: str
    a: str
    b: str
    rounds: int
    ratio: float | None
    low: float | None
    high: float | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """The log-ratios of two variants, summed up; `error` is the standard error of the mean."""

    metric: Metric
    a: str
    b: str
    rounds: int
    mean: float = 0.0
    error: float = math.inf

    @property
    def p_value(self) -> float:
        """Two-sided."""
        from scipy.special import stdtr

        if self.error == 0:
            return 0.0 if self.mean else 1.0
        return float(2 * stdtr(self.rounds - 1, -abs(self.mean) / self.error))

    def difference(self, level: float, verdict: Verdict | None) -> Difference:
        """With the interval that excludes 1 where the p-value is below `level`."""
        low, high = self._interval(level)
        return Difference(
            metric=self.metric.name,
            a=self.a,
            b=self.b,
            rounds=self.rounds,
            ratio=math.exp(self.mean) if self.rounds else None,
            low=low,
            high=high,
            verdict=verdict,
        )

    def _interval(self, level: float) -> tuple[float | None, float | None]:
        from scipy.special import stdtrit

        if self.rounds < 2:
            return None, None
        reach = float(stdtrit(self.rounds - 1, 1 - level / 2)) * self.error
        return math.exp(self.mean - reach), math.exp(self.mean + reach)


def find_differences(
    observed: Sequence[tuple[Metric, Rounds]],
    *,
    smallest: float = SMALLEST,
    alpha: float = ALPHA,
) -> list[Difference]:
    """Every pair of variants in every primary metric, in the order given.

    Pairs with fewer than FEWEST_ROUNDS rounds in common are not tested; their intervals have the
    plain level.
    """
    pairs = [pair for metric, rounds in observed for pair in _pairs(metric, rounds)]
    tested = [pair for pair in pairs if pair.rounds >= FEWEST_ROUNDS]
    levels = _holm_levels([pair.p_value for pair in tested], alpha)
    level_of = {id(pair): level for pair, level in zip(tested, levels, strict=True)}
    return [
        _judged(pair, level_of[id(pair)], smallest)
        if id(pair) in level_of
        else pair.difference(alpha, "too few rounds")
        for pair in pairs
    ]


def _judged(pair: _Pair, level: float, smallest: float) -> Difference:
    matters = abs(pair.mean) > math.log1p(smallest)
    if not matters or pair.p_value > level:
        return pair.difference(level, "no difference shown")
    is_better = (pair.mean > 0) == pair.metric.more_is_better
    return pair.difference(level, "faster" if is_better else "slower")


def _holm_levels(p_values: Sequence[float], alpha: float) -> list[float]:
    """The level at which Holm's procedure tests each; it stops at the first that is not below."""
    levels = [0.0] * len(p_values)
    level, is_stopped = 0.0, False
    ascending = sorted(range(len(p_values)), key=lambda index: p_values[index])
    for rank, index in enumerate(ascending):
        if not is_stopped:
            level = alpha / (len(p_values) - rank)
            is_stopped = p_values[index] > level
        levels[index] = level
    return levels


def find_intervals(
    observed: Sequence[tuple[Metric, Rounds]], *, alpha: float = ALPHA
) -> list[Difference]:
    """The same ratios and intervals without correction, for metrics that are only explored.

    Nothing is called: among so many intervals some exclude 1 by chance.
    """
    return [
        pair.difference(alpha, None)
        for metric, rounds in observed
        for pair in _pairs(metric, rounds)
    ]


def _pairs(metric: Metric, rounds: Rounds) -> Iterator[_Pair]:
    for a, b in combinations(rounds, 2):
        both = zip(rounds[a], rounds[b], strict=True)
        ratios = [math.log(one / other) for one, other in both if one and other]
        yield _summed_up(metric, a, b, ratios)


def _summed_up(metric: Metric, a: str, b: str, ratios: Sequence[float]) -> _Pair:
    count = len(ratios)
    if count < 2:
        mean = ratios[0] if ratios else 0.0
        return _Pair(metric=metric, a=a, b=b, rounds=count, mean=mean)
    mean = math.fsum(ratios) / count
    variance = math.fsum((ratio - mean) ** 2 for ratio in ratios) / (count - 1)
    # Two values rounded to a step each differ from the truth with a variance of step² / 12
    # (Sheppard): the deviation seen cannot honestly be less.
    variance = max(variance, 2 * math.log1p(metric.step) ** 2 / 12)
    return _Pair(
        metric=metric, a=a, b=b, rounds=count, mean=mean, error=math.sqrt(variance / count)
    )
