"""The heat map holds every measured time, once, in a bucket that fits."""

import itertools

from apiforge.loadtest.heatmap import heatmap
from apiforge.loadtest.histogram import Histogram
from apiforge.loadtest.recording import Tally


def second(*milliseconds: float) -> Tally:
    times = Histogram()
    for value in milliseconds:
        times.record(round(value * 1000))
    return Tally(requests=len(milliseconds), times=times)


def counted(made: dict[str, list[list[int]]]) -> list[int]:
    return [sum(row[1:]) for row in made["seconds"]]


def test_every_request_is_counted_once() -> None:
    made = heatmap([second(1.0, 1.1, 250.0), second(), second(10_000.0)])
    assert counted(made) == [3, 0, 1]
    assert made["seconds"][1] == []


def test_rows_begin_at_their_first_bucket_and_stay_within_the_edges() -> None:
    made = heatmap([second(1.0), second(100.0)])
    buckets = len(made["edges_ms"]) - 1
    assert made["seconds"] == [[0, 1], [buckets - 1, 1]]


def test_a_time_is_between_the_edges_of_its_bucket() -> None:
    made = heatmap([second(3.0, 42.0)])
    edges, (first, *counts) = made["edges_ms"], made["seconds"][0]
    full = [first + index for index, count in enumerate(counts) if count]
    assert edges[full[0]] <= 3.0 < edges[full[0] + 1]
    assert edges[full[1]] <= 42.0 < edges[full[1] + 1]


def test_edges_grow_by_the_same_factor() -> None:
    edges = heatmap([second(1.0, 10.0, 100.0)])["edges_ms"]
    assert edges == sorted(edges)
    assert {round(high / low, 2) for low, high in itertools.pairwise(edges)} == {1.21}


def test_nothing_measured_has_no_edges() -> None:
    assert heatmap([second(), second()]) == {"edges_ms": [], "seconds": [[], []]}


def test_times_of_no_length_have_a_bucket() -> None:
    assert counted(heatmap([second(0.0, 0.001)])) == [2]
