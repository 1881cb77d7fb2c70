"""A server that stalls now and then: percentiles are those its schedule makes inevitable."""

import math

import pytest

from tests.loadtest.conftest import Serve, load_test

pytestmark = pytest.mark.alone

RATE, DURATION = 100.0, 6.0
STALL, PERIOD = 0.5, 3.0


def truth_ms(percent: float) -> float:
    """The percentile, were answers otherwise immediate: requests wait for the stall's end."""
    moments = [number / RATE for number in range(int(RATE * DURATION))]
    phases = [(moment + PERIOD / 2) % PERIOD for moment in moments]
    waits = sorted(max(0.0, STALL - phase) for phase in phases)
    return waits[math.ceil(percent / 100 * len(waits)) - 1] * 1000


def test_stalls_show_in_the_percentiles_as_they_were(serve: Serve) -> None:
    address = serve("--stall", str(STALL), "--period", str(PERIOD))

    result = load_test(f"{address}/stall", rate=RATE, duration=DURATION, timeout=5.0)

    latency = result["summary"]["latency_ms"]
    assert result["summary"]["requests"] == RATE * DURATION
    assert result["summary"]["failures"] == 0
    assert result["summary"]["achieved_rate"] == RATE
    # A client that waits its turn would report a few milliseconds. What may be added on top is
    # for a busy machine; nothing may be missing but the resolution of the arrivals.
    assert truth_ms(90) - 15 <= latency["p90"] <= truth_ms(90) + 150
    assert truth_ms(95) - 15 <= latency["p95"] <= truth_ms(95) + 150
    assert truth_ms(99) - 15 <= latency["p99"] <= truth_ms(99) + 150
    assert latency["p50"] < truth_ms(90)


def test_stalled_second_misses_a_target_over_every_second(serve: Serve) -> None:
    address = serve("--stall", str(STALL), "--period", str(PERIOD))

    result = load_test(
        f"{address}/stall",
        "GET /stall: p90<300ms for 1s",
        rate=RATE,
        duration=PERIOD,
        timeout=5.0,
        by_second=("GET /stall",),
    )

    judged = result["targets"][1]
    assert judged["met"] is False
    assert judged["observed"] >= 300
    assert (judged["spans"]["judged"], judged["spans"]["too_few_requests"]) == (3, 0)
    assert 1 <= judged["spans"]["missed"] < 3
