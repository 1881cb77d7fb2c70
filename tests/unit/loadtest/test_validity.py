from dataclasses import replace

import pytest

from apiforge.loadtest import targets, validity
from tests.unit.loadtest.recordings import WORKLOAD, histogram, recording


def reasons(*texts: str, **changes: object) -> list[str]:
    return validity.reasons(recording(**changes), [targets.parse(text) for text in texts])


def test_healthy_generator_is_valid() -> None:
    assert reasons() == []


def test_five_busy_seconds_in_a_row_are_saturation() -> None:
    [reason] = reasons(cpu=[[0.1] * 7, [0.1, *[0.9] * 5, 0.1]])

    assert "saturated" in reason


@pytest.mark.parametrize(
    "cpu", [[0.9] * 4, [0.9, 0.9, 0.9, 0.9, 0.7] * 3, [0.8] * 10], ids=["short", "pauses", "at it"]
)
def test_less_than_five_busy_seconds_are_not(cpu: list[float]) -> None:
    assert reasons(cpu=[cpu]) == []


@pytest.mark.parametrize(
    ("lag_ms", "texts", "valid"),
    [
        (9.9, [], True),
        (10.5, [], False),
        (10.5, ["p95<100ms"], False),
        (10.5, ["p95<400ms"], True),
        (20.5, ["p95<400ms"], False),
        (20.5, ["p95<400ms", "p99<1s"], False),
    ],
)
def test_lag_is_measured_by_the_tightest_target(
    lag_ms: float, texts: list[str], valid: bool
) -> None:
    late = histogram(*[0.1] * 98, lag_ms, lag_ms)

    assert (reasons(*texts, lag=late) == []) == valid


def test_one_late_request_of_a_hundred_is_forgiven() -> None:
    assert reasons(lag=histogram(*[0.1] * 99, 5000.0)) == []


def test_want_of_descriptors_is_the_generators_fault() -> None:
    [reason] = reasons(errors=[("GET /", "too many open files", 3), ("GET /", "status 500", 1)])

    assert "could not connect" in reason


def test_clock_jump_is_invalid() -> None:
    assert reasons(clock_jumps=["the system clock jumped by +3.0 s"]) == [
        "the system clock jumped by +3.0 s; run the test again"
    ]


def test_lost_worker_is_invalid() -> None:
    [reason] = reasons(lost_workers=["killed"], endpoints={}, lag=histogram())

    assert reason == "worker lost: killed"


@pytest.mark.parametrize(
    ("interrupted", "words"), [(True, "interrupted before"), (False, "nothing was due")]
)
def test_nothing_measured_is_invalid(interrupted: bool, words: str) -> None:
    [reason] = reasons(endpoints={}, lag=histogram(), interrupted=interrupted)

    assert words in reason


@pytest.mark.parametrize(("capacity", "count"), [(10.0, 1), (14.0, 1), (15.0, 0)])
def test_rate_above_seventy_percent_of_what_is_possible_is_warned_of(
    capacity: float, count: int
) -> None:
    assert len(validity.warnings(WORKLOAD, capacity)) == count


def test_users_are_not_warned_of() -> None:
    assert validity.warnings(replace(WORKLOAD, users=5), 1.0) == []


def test_requests_left_out_on_this_side_are_its_fault() -> None:
    late = recording(errors=[("GET /", validity.TOO_LATE, 7)])
    full = recording(errors=[("GET /", "not sent: 20 requests were waiting for an answer", 7)])

    assert "did not get to send 7 requests" in validity.reasons(late, [])[0]
    assert validity.reasons(full, []) == []
