"""What a service's own numbers say of each second of the window."""

from typing import Any

import pytest

from apiforge.runs.exposition import Sample, per_second, read_sample

TEXT = """\
# HELP http_requests_total Requests answered.
process_start_time_seconds 1000
process_cpu_seconds_total 2.5
process_resident_memory_bytes 5.2e+07
http_request_duration_seconds_count{method="GET",route="/api/v1/products/{id}"} 30.0
http_request_duration_seconds_count{method="POST",route="/api/v1/products"} 12
http_request_duration_seconds_count{method="GET",route="/metrics"} 7
cache_hits_total NaN
something_else 4
"""


def sample(at: float, *, birth: float = 1.0, **values: float) -> Sample:
    return Sample(at, {"process_start_time_seconds": birth, **values})


def cpu(*samples: Sample, seconds: int = 3) -> list[Any]:
    return [row.get("cpu") for row in per_second(samples, begin=10.0, seconds=seconds)]


def busy(at: float, seconds: float, *, birth: float = 1.0) -> Sample:
    return sample(at, birth=birth, process_cpu_seconds_total=seconds)


def test_known_numbers_are_read_and_summed_without_our_own_asking() -> None:
    read = read_sample(TEXT, at=5.0)
    assert read is not None
    assert read.values == {
        "process_start_time_seconds": 1000.0,
        "process_cpu_seconds_total": 2.5,
        "process_resident_memory_bytes": 5.2e7,
        "http_request_duration_seconds_count": 42.0,
    }


@pytest.mark.parametrize("text", ["", "<html>not here</html>", "other_metric 1\n"])
def test_what_says_nothing_known_is_no_sample(text: str) -> None:
    assert read_sample(text, at=5.0) is None


def test_counters_are_read_at_the_ends_of_each_second() -> None:
    assert cpu(busy(9.5, 0.0), busy(10.5, 0.2), busy(11.5, 1.0), busy(13.0, 1.0)) == [0.5, 0.4, 0.0]


def test_seconds_before_and_after_all_samples_are_unknown() -> None:
    assert cpu(busy(10.5, 0.0), busy(12.5, 1.0)) == [None, 0.5, None]


def test_a_long_silence_is_unknown_not_a_mean() -> None:
    assert cpu(busy(9.9, 0.0), busy(11.0, 0.5), busy(15.0, 9.0)) == [
        pytest.approx(0.4545, abs=1e-3),
        None,
        None,
    ]


def test_another_process_breaks_the_line() -> None:
    samples = (
        busy(9.9, 5.0),
        busy(11.1, 6.0),
        busy(12.1, 0.1, birth=2.0),
        busy(13.1, 0.6, birth=2.0),
    )
    assert cpu(*samples) == [pytest.approx(0.8333, abs=1e-3), None, None]


def test_gauges_are_the_last_of_their_second() -> None:
    samples = [
        sample(at, process_resident_memory_bytes=value)
        for at, value in ((10.1, 1), (10.9, 2), (12.5, 3))
    ]
    rows = per_second(samples, begin=10.0, seconds=3)
    assert [row["memory_bytes"] for row in rows] == [2, None, 3]


def test_means_and_shares_are_of_what_happened_in_the_second() -> None:
    names = ("http_request_duration_seconds_sum", "http_request_duration_seconds_count")
    more = ("database_seconds_total", "cache_hits_total", "cache_misses_total")
    samples = [
        sample(at, **dict(zip((*names, *more), values, strict=True)))
        for at, values in (
            (10.0, (0, 0, 0, 0, 0)),
            (10.0001, (0, 0, 0, 0, 0)),
            (11.5, (3, 150, 1.5, 60, 30)),
        )
    ]
    (row,) = per_second(
        [sample(9.9, **dict.fromkeys((*names, *more), 0.0)), *samples], begin=10.0, seconds=1
    )
    assert row["handling_ms"] == pytest.approx(20, abs=0.01)
    assert row["database_ms"] == pytest.approx(10, abs=0.01)
    assert row["cache_hits_percent"] == pytest.approx(66.67, abs=0.01)


def test_what_the_service_does_not_tell_is_not_there() -> None:
    (row,) = per_second([busy(9.9, 0.0), busy(11.1, 0.6)], begin=10.0, seconds=1)
    assert set(row) == {"second", "cpu"}
