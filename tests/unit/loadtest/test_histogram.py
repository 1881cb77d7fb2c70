import json
import math

import pytest
import recorder
import times
from hypothesis import given
from hypothesis import strategies as st

from apiforge.loadtest.histogram import Histogram, bucket, middle

MICROSECONDS = st.integers(min_value=0, max_value=4 * 3600 * 1_000_000)
SAMPLES = st.lists(MICROSECONDS, min_size=1, max_size=300)
PERCENTS = st.floats(min_value=0, max_value=100)


def histogram_of(samples: list[int]) -> Histogram:
    made = Histogram()
    for sample in samples:
        made.record(sample)
    return made


@given(MICROSECONDS)
def test_bucket_keeps_three_significant_digits(value: int) -> None:
    assert abs(middle(bucket(value)) - value) <= value / 4096


@given(MICROSECONDS)
def test_buckets_ascend_with_time(value: int) -> None:
    assert bucket(value) <= bucket(value + 1) <= bucket(value) + 1


@given(SAMPLES, PERCENTS)
def test_percentile_is_the_nearest_rank(samples: list[int], percent: float) -> None:
    rank = max(1, math.ceil(round(percent / 100 * len(samples), 6)))
    exact = sorted(samples)[rank - 1]

    found = histogram_of(samples).percentile(percent)

    assert found is not None
    assert abs(found - exact) <= exact / 4096


@given(SAMPLES, SAMPLES)
def test_merging_loses_nothing(left: list[int], right: list[int]) -> None:
    merged = Histogram.merged([histogram_of(left), Histogram(), histogram_of(right)])

    assert merged.to_json() == histogram_of(left + right).to_json()
    assert merged.count == len(left) + len(right)


@given(SAMPLES)
def test_json_brings_back_the_same(samples: list[int]) -> None:
    original = histogram_of(samples)

    again = Histogram.from_json(json.loads(json.dumps(original.to_json())))

    assert again.to_json() == original.to_json()
    assert (again.count, again.mean()) == (original.count, original.mean())


@given(SAMPLES)
def test_recorder_of_the_child_process_counts_in_the_same_buckets(samples: list[int]) -> None:
    counted = times.Times()
    for sample in samples:
        counted.add(sample)

    assert counted.as_json() == histogram_of(samples).to_json()


def test_extremes_and_mean_are_exact() -> None:
    made = histogram_of([123_457, 7_654_321])

    assert (made.minimum, made.maximum, made.mean()) == (123_457, 7_654_321, 3_888_889.0)
    assert (made.percentile(0), made.percentile(100)) == (123_457, 7_654_321)


def test_empty_histogram_has_no_figures() -> None:
    assert Histogram().percentile(50) is None
    assert Histogram().mean() is None
    assert Histogram.from_json(times.Times().as_json()).count == 0


@pytest.mark.parametrize(("percent", "rank"), [(99.9, 999), (99, 990), (50, 500), (99.99, 1000)])
def test_rank_of_round_numbers_is_not_off_by_one(percent: float, rank: int) -> None:
    assert histogram_of(list(range(1, 1001))).percentile(percent) == rank


@given(SAMPLES, SAMPLES)
def test_packing_loses_nothing_and_counting_goes_on(before: list[int], after: list[int]) -> None:
    counted = times.Times()
    for sample in before:
        counted.add(sample)

    counted.pack()
    assert counted.as_json() == histogram_of(before).to_json()
    for sample in after:
        counted.add(sample)

    assert counted.as_json() == histogram_of(before + after).to_json()
    assert sum(counted.buckets().values()) == len(before) + len(after)


def test_errors_that_are_all_different_take_a_bounded_memory() -> None:
    recorded = recorder.Recorder(["GET /"], 0.0, 1.0)

    for number in range(3000):
        recorded.failed("GET /", recorded.seconds[0], 1, f"no product {number}")

    counts = [count for _, _, count in recorded.as_json()["errors"]]
    assert sum(counts) == 3000
    assert len(counts) < 1100
    assert counts[-1] > 1000
