import pytest

from apiforge.errors import UsageError
from apiforge.loadtest.workload import Workload


@pytest.mark.parametrize(
    ("rate", "timeout", "limit"), [(50, 10, 500), (0.1, 1, 1), (3000, 10, 5000)]
)
def test_in_flight_limit_is_rate_times_timeout(rate: float, timeout: float, limit: int) -> None:
    assert Workload(url="http://a/", rate=rate, timeout=timeout).max_in_flight == limit


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"url": "127.0.0.1:8000"}, "is not an address"),
        ({"url": "http://a/", "rate": 0}, "the rate cannot be 0"),
        ({"url": "http://a/", "rate": float("nan")}, "the rate cannot be nan"),
        ({"url": "http://a/", "rate": 1e9}, "beyond one load generator"),
        ({"url": "http://a/", "duration": -1}, "the duration cannot be -1"),
        ({"url": "http://a/", "warmup": -1}, "the warmup cannot be -1"),
        ({"url": "http://a/", "arrivals": "random"}, "no arrivals called 'random'"),
        ({"base_url": "http://a/"}, "a scenario, a locustfile or one address"),
    ],
)
def test_impossible_workload_is_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Workload(**values)


def test_stages_say_what_is_asked_for_when() -> None:
    workload = Workload(url="http://a/", stages=((2, 40), (0, 10), (1, 10)))

    assert (workload.rate, workload.duration, workload.model) == (40, 3, "open")
    assert workload.plan == [(2, 0.0, 40), (0, 40, 10), (1, 10, 10)]
    assert [workload.rate_in(second) for second in (1, 2, 3)] == [10, 30, 10]
    assert workload.asked(3) == pytest.approx(50 / 3)


def test_users_have_no_rate() -> None:
    workload = Workload(url="http://a/", users=7)

    assert (workload.model, workload.max_in_flight) == ("closed", 7)
    assert (workload.asked(3), workload.rate_in(1)) == (None, None)
