"""The search for the highest rate by rungs that all variants have in common."""

import pytest

from apiforge.compare.ladder import RUNG, STRIDE, Ladder, rate_of, rung_of
from apiforge.loadtest.breakpoint import Probe


def probe(rate: float, capacity: float) -> Probe:
    slope = max(0.0, rate / capacity - 1)
    return Probe(rate=rate, held=rate <= capacity, growth=slope, reason="")


def climb(start: float, capacity: float, probes: int = 100) -> tuple[Ladder, list[float]]:
    ladder, tried = Ladder(start), []
    while len(tried) < probes and (rate := ladder.next_rate()) is not None:
        tried.append(rate)
        ladder.note(probe(rate, capacity))
    return ladder, tried


@pytest.mark.parametrize("start", [60.0, 219.0, 223.0, 500.0, 3000.0])
@pytest.mark.parametrize("capacity", [20.0, 404.0, 1718.0])
def test_equal_variants_are_found_equal_wherever_they_begin(start: float, capacity: float) -> None:
    ladder, tried = climb(start, capacity)

    assert ladder.found == pytest.approx(rate_of(rung_of(ladder.low)))
    assert ladder.low <= capacity < ladder.low * (1 + RUNG) ** 2
    assert ladder.found == climb(404.0, capacity)[0].found
    assert len(set(tried)) == len(tried) <= 20


def test_near_the_breakpoint_no_stride_is_too_long_to_find_it() -> None:
    ladder = Ladder(rate_of(100), is_near=True)
    tried = []
    while (rate := ladder.next_rate()) is not None and ladder.found is None:
        tried.append(rung_of(rate))
        ladder.note(Probe(rate=rate, held=rate < rate_of(105), growth=0.0, reason=""))

    assert tried == [100, 102, 104, 106]


def test_what_was_not_seen_to_break_is_not_found() -> None:
    ladder, _ = climb(100.0, 1000.0, probes=2)

    assert ladder.low > 100
    assert ladder.found is None


def test_next_search_begins_above_what_all_held() -> None:
    ladder, tried = climb(100.0, 1000.0, probes=2)

    assert ladder.start_of_next > max(tried)


def test_next_search_begins_below_what_all_broke() -> None:
    ladder = Ladder(1000.0)
    ladder.note(Probe(rate=ladder.start, held=False, growth=0.0, reason="slow"))

    assert ladder.start_of_next < ladder.start
    assert ladder.found is None


def test_next_search_begins_where_it_was_found() -> None:
    ladder, _ = climb(404.0, 404.0)

    assert ladder.start_of_next == ladder.found


def test_known_roughly_it_is_found_with_three_probes() -> None:
    for capacity in (400.0, 404.0, 425.0):
        ladder, _ = climb(404.0, capacity, probes=3)

        assert ladder.found is not None


def test_rungs_are_numbered_from_one_request_a_second() -> None:
    assert [rung_of(rate_of(number)) for number in range(-12, 200)] == list(range(-12, 200))
    assert rate_of(STRIDE) == pytest.approx((1 + RUNG) ** STRIDE)
