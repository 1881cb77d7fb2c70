"""When requests are due."""

from collections.abc import Callable
from itertools import islice
from random import Random

import gevent
import pytest
from clock import Alarm, Bell, LoopBell, arrivals, make_bell, now

Plan = list[tuple[float, float, float]]


def moments(plan: Plan, kind: str = "constant") -> list[float]:
    return list(arrivals(kind, plan, 100.0, Random(1)))


@pytest.mark.parametrize(("seconds", "rate", "count"), [(10, 3, 30), (0.3, 10, 3), (2, 0.4, 0)])
def test_constant_rate_is_evenly_spaced(seconds: float, rate: float, count: int) -> None:
    assert moments([(seconds, rate, rate)]) == [100 + number / rate for number in range(count)]


def test_ramp_speeds_up_evenly() -> None:
    found = moments([(10, 0, 20)])

    assert len(found) == 100
    assert found[0] == 100.0
    # Half of the time is a quarter of the area.
    assert sum(moment < 105 for moment in found) == 25


def test_ramp_down_to_nothing_ends_there() -> None:
    found = moments([(10, 20, 0)])

    assert len(found) == 100
    assert sum(moment < 105 for moment in found) == 75
    assert found == sorted(found)
    assert found[-1] < 110


def test_stages_follow_each_other_and_jumps_take_no_time() -> None:
    found = moments([(1, 10, 10), (0, 10, 50), (2, 50, 50)])

    assert len(found) == 110
    assert found[:10] == [100 + number / 10 for number in range(10)]
    assert found[10] == 101.0
    assert found[-1] == pytest.approx(102.98)


def test_random_arrivals_follow_the_plan() -> None:
    found = moments([(100, 0, 20), (100, 20, 20)], "poisson")

    assert len(found) == pytest.approx(3000, abs=200)
    assert sum(moment < 200 for moment in found) == pytest.approx(1000, abs=120)
    assert found == sorted(found)


def test_shares_of_workers_are_the_whole() -> None:
    plan: Plan = [(1, 0, 90), (1, 90, 0)]
    shares = [list(islice(moments(plan), worker, None, 3)) for worker in range(3)]

    assert sorted(moment for share in shares for moment in share) == moments(plan)
    assert [len(share) for share in shares] == [30, 30, 30]


@pytest.mark.parametrize("make", [LoopBell, make_bell])
def test_bell_rings_once_at_the_moment_that_was_set_last(
    make: Callable[[Callable[[], None]], Bell],
) -> None:
    rung: list[float] = []
    bell = make(lambda: rung.append(now()))
    moment = now() + 0.02

    bell.ring_at(now() + 60)
    bell.ring_at(now() - 1)
    bell.ring_at(moment)
    while not rung:
        gevent.sleep(0.01)
    gevent.sleep(0.01)
    bell.close()

    assert len(rung) == 1
    assert rung[0] > moment - 0.002


@pytest.mark.parametrize("make", [LoopBell, make_bell])
def test_bell_that_is_set_again_while_it_rings_rings_again(
    make: Callable[[Callable[[], None]], Bell],
) -> None:
    rung: list[float] = []

    def ring() -> None:
        rung.append(now())
        if len(rung) < 3:
            bell.ring_at(now() + 0.01)

    bell = make(ring)
    bell.ring_at(now())
    gevent.sleep(0.1)
    bell.close()

    assert len(rung) == 3


def test_alarm_wakes_who_sleeps_and_not_before() -> None:
    alarm, moment = Alarm(), now() + 0.02

    alarm.sleep_until(moment)
    alarm.sleep_until(moment - 1)

    assert now() > moment - 0.002
    alarm.close()
