"""The verdicts of a comparison, also by simulation: how often do they err?"""

import math
import random
from itertools import pairwise

import pytest

from apiforge.compare.statistics import Difference, Metric, Rounds, find_differences, find_intervals

P95 = Metric(name="p95")
MAX_RATE = Metric(name="max_rate", more_is_better=True)
STEADY = (1.0, 1.02, 0.99, 1.01, 0.98)
# What one round differs from the next on a shared machine: its whole level, and each variant's own.
OF_THE_ROUND, OF_THE_VARIANT = 0.15, 0.08
SIMULATIONS = 400


def judged(rounds: Rounds, metric: Metric = P95) -> Difference:
    [difference] = find_differences([(metric, rounds)])
    return difference


def simulated(source: random.Random, *, factors: tuple[float, ...], rounds: int) -> Rounds:
    values: dict[str, list[float]] = {f"v{index}": [] for index in range(len(factors))}
    for _ in range(rounds):
        level = source.gauss(0, OF_THE_ROUND)
        for column, factor in zip(values.values(), factors, strict=True):
            column.append(20 * factor * math.exp(level + source.gauss(0, OF_THE_VARIANT)))
    return values


def called(differences: list[Difference]) -> list[Difference]:
    return [it for it in differences if it.verdict in {"faster", "slower"}]


def test_a_lower_latency_is_faster() -> None:
    found = judged({"a": STEADY, "b": [2 * value for value in reversed(STEADY)]})

    assert (found.a, found.b, found.verdict) == ("a", "b", "faster")
    assert found.ratio == pytest.approx(0.5)
    assert found.low is not None and found.high is not None
    assert found.low < 0.5 < found.high < 1


def test_a_higher_rate_is_faster() -> None:
    found = judged({"a": [2 * value for value in reversed(STEADY)], "b": STEADY}, MAX_RATE)

    assert (found.verdict, found.ratio) == ("faster", pytest.approx(2))


def test_the_interval_is_that_of_students_t() -> None:
    """Log-ratios 0.1, 0.2, … 0.5: mean 0.3, standard error 0.0707, t(4) at 97.5 % is 2.7764."""
    found = judged({"a": [math.exp(0.1 * n) for n in range(1, 6)], "b": [1.0] * 5})

    assert found.low == pytest.approx(math.exp(0.3 - 2.7764 * 0.0707107), rel=1e-4)
    assert found.high == pytest.approx(math.exp(0.3 + 2.7764 * 0.0707107), rel=1e-4)


def test_what_does_not_matter_is_not_called() -> None:
    found = judged({"a": [1.04 * value for value in STEADY], "b": STEADY})

    assert found.verdict == "no difference shown"
    assert found.low is not None and found.low > 1


def test_four_rounds_are_too_few() -> None:
    found = judged({"a": STEADY[:4], "b": [2 * value for value in STEADY[:4]]})

    assert found.verdict == "too few rounds"
    assert found.ratio == pytest.approx(0.5)


def test_one_round_has_a_ratio_and_no_interval() -> None:
    found = judged({"a": [1.0], "b": [2.0]})

    assert (found.ratio, found.low, found.high) == (0.5, None, None)


def test_rounds_without_a_value_do_not_count() -> None:
    found = judged({"a": [*STEADY, None, 0.0], "b": [None, *STEADY[1:], 1.0, 1.0]})

    assert (found.rounds, found.verdict) == (4, "too few rounds")


def test_no_rounds_in_common_have_no_ratio() -> None:
    found = judged({"a": [None, 1.0], "b": [1.0, None]})

    assert (found.rounds, found.ratio) == (0, None)


def test_equal_values_show_no_difference() -> None:
    found = judged({"a": STEADY, "b": STEADY})

    assert (found.ratio, found.verdict) == (1.0, "no difference shown")


def test_values_that_agree_to_a_coarse_step_prove_little() -> None:
    """Five rates found on a grid of 10 %: all the same there, they may differ in truth."""
    coarse = Metric(name="max_rate", more_is_better=True, step=0.1)

    assert judged({"a": [110.0] * 5, "b": [100.0] * 5}, coarse).low == pytest.approx(
        1.045, abs=0.02
    )
    assert judged({"a": [103.0] * 5, "b": [100.0] * 5}, coarse).verdict == "no difference shown"


def test_explored_metrics_are_not_judged() -> None:
    [found] = find_intervals([(P95, {"a": STEADY, "b": [9 * value for value in STEADY]})])

    assert found.verdict is None
    assert found.high is not None and found.high < 1


@pytest.mark.parametrize("seed", range(20))
def test_intervals_agree_with_the_verdicts(seed: int) -> None:
    """Whatever matters: an interval excludes 1 exactly where Holm's procedure rejects."""
    source = random.Random(seed)
    rounds = simulated(source, factors=(1.0, 1.1, 1.2, 1.3), rounds=6)

    found = find_differences([(P95, rounds)], smallest=0.0)

    assert [it for it in found if _excludes_one(it)] == called(found)


def test_more_pairs_make_wider_intervals() -> None:
    source = random.Random(5)
    rounds = simulated(source, factors=(1.0, 1.0, 1.0, 1.0, 1.0), rounds=6)
    few = [dict(list(rounds.items())[:count]) for count in (2, 3, 5)]

    widths = [_width(find_differences([(P95, some)])[0]) for some in few]

    assert all(narrow < wide for narrow, wide in pairwise(widths))


def _excludes_one(found: Difference) -> bool:
    assert found.low is not None and found.high is not None
    return not found.low <= 1 <= found.high


def _width(found: Difference) -> float:
    assert found.low is not None and found.high is not None
    return found.high / found.low


@pytest.mark.parametrize("variants", [2, 4], ids=["two", "four"])
@pytest.mark.parametrize("rounds", [5, 10])
def test_equal_variants_are_called_different_in_one_of_twenty_at_most(
    variants: int, rounds: int
) -> None:
    """Two primary metrics, and not even a smallest difference that matters to hide behind."""
    source = random.Random(7)
    same = (1.0,) * variants

    wrong = 0
    for _ in range(SIMULATIONS):
        p95 = simulated(source, factors=same, rounds=rounds)
        rate = simulated(source, factors=same, rounds=rounds)
        found = find_differences([(P95, p95), (MAX_RATE, rate)], smallest=0.0)
        wrong += bool(called(found))

    # 5 % and three standard errors of a simulation of this size.
    assert wrong / SIMULATIONS <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / SIMULATIONS)


def test_a_fifth_is_found_in_nine_of_ten() -> None:
    source = random.Random(11)

    right = 0
    for _ in range(SIMULATIONS):
        p95 = simulated(source, factors=(1.0, 1.2), rounds=10)
        rate = simulated(source, factors=(1.0, 1.0), rounds=10)
        found = find_differences([(P95, p95), (MAX_RATE, rate)])
        right += found[0].verdict == "faster"

    assert right / SIMULATIONS >= 0.9


def test_the_true_ratio_is_within_the_interval() -> None:
    source = random.Random(13)

    covered = 0
    for _ in range(SIMULATIONS):
        found = judged(simulated(source, factors=(1.0, 1.3), rounds=8))
        assert found.low is not None and found.high is not None
        covered += found.low <= 1 / 1.3 <= found.high

    assert covered / SIMULATIONS >= 0.92
