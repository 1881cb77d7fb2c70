"""The search for the highest rate, against servers of which all is known."""

import pytest

from apiforge.loadtest.breakpoint import GROWTH_LIMIT, Probe, Search, growth
from apiforge.loadtest.recording import Tally
from tests.unit.loadtest.recordings import histogram, recording


def probe(rate: float, *, capacity: float, limit: float) -> Probe:
    """A server whose queue grows above its capacity, and which misses a target above a limit."""
    slope = max(0.0, rate / capacity - 1)
    held = slope <= GROWTH_LIMIT and rate <= limit
    return Probe(rate=rate, held=held, growth=slope, reason="" if held else "slow")


def search(start: float, *, capacity: float, limit: float = 1e9) -> tuple[Search, int]:
    made, probes = Search(start), 0
    while (rate := made.next_rate()) is not None:
        made.note(probe(rate, capacity=capacity, limit=limit))
        probes += 1
    return made, probes


@pytest.mark.parametrize("start", [1.0, 50.0, 100.0, 101.0, 5000.0])
@pytest.mark.parametrize("capacity", [20.0, 97.3, 1234.5])
def test_capacity_is_found_within_the_precision(start: float, capacity: float) -> None:
    found, probes = search(start, capacity=capacity)

    assert found.high is not None
    assert found.low <= capacity * (1 + GROWTH_LIMIT) <= found.high
    assert found.uncertainty is not None
    assert found.uncertainty < 0.016
    assert probes <= 16


def test_limit_of_a_target_is_found_without_any_growth() -> None:
    found, probes = search(50.0, capacity=1e6, limit=333.0)

    assert found.high is not None
    assert found.low <= 333.0 <= found.high <= found.low * 1.04
    assert probes <= 12


def test_server_that_bears_nothing_has_no_breakpoint() -> None:
    found, _ = search(50.0, capacity=1e6, limit=0.0)

    assert found.low == 0
    assert found.uncertainty is None


def test_rate_that_no_longer_holds_is_taken_back() -> None:
    found = Search(100.0)
    found.note(Probe(rate=100.0, held=True, growth=0.0, reason=""))
    found.note(Probe(rate=200.0, held=True, growth=0.0, reason=""))

    found.note(Probe(rate=200.0, held=False, growth=0.0, reason="slow"))

    assert (found.low, found.high) == (100.0, 200.0)


def test_growth_is_the_slope_of_latency() -> None:
    seconds = [Tally(requests=3, times=histogram(5, 10 + 20 * n, 9000)) for n in range(5)]

    assert growth(recording(seconds=seconds)) == pytest.approx(0.02, rel=0.01)


def test_growth_of_too_little_is_none() -> None:
    seconds = [Tally(), Tally(requests=1, times=histogram(5)), Tally()]

    assert growth(recording(seconds=seconds)) == 0.0
