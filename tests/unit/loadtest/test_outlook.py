"""A test ends early only when nothing that may still come could save it."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from apiforge.loadtest.outlook import Outlook
from apiforge.loadtest.targets import parse
from apiforge.loadtest.workload import Workload

GOOD = [50, 0, 0, 50, 500_000, 0]
SLOW = [50, 0, 0, 50, 50_000_000, 50]
FAILED = [50, 50, 0, 0, 0, 0]
DROPPED = [0, 0, 50, 0, 0, 0]


def workload(**changes: Any) -> Workload:
    values = {"url": "http://127.0.0.1:1/", "rate": 50, "duration": 60, "warmup": 0, **changes}
    return Workload(**values)


def heard(
    seconds: Iterable[Sequence[int]], *texts: str, grace: float = 10, **changes: Any
) -> dict[int, str]:
    """What is said after each second, where anything is."""
    outlook = Outlook([parse(text) for text in texts], workload(**changes), grace=grace)
    found = {}
    for number, row in enumerate(seconds):
        settled = [[number, [row] * len(texts)]]
        reason = outlook.hear({"phase": "measure", "second": number + 1, "settled": settled})
        if reason:
            found[number + 1] = reason
    return found


def test_nothing_is_said_before_the_grace_is_over() -> None:
    found = heard([FAILED] * 12, "errors<1%", grace=10)

    assert min(found) == 10
    assert found[10] == (
        "it was ended after 10 s of 60 s: errors<1% was out of reach, even if every second to come "
        "were as good as the best one so far"
    )


def test_one_good_second_gives_hope_for_all_the_rest() -> None:
    assert heard([*[SLOW] * 2, GOOD, *[SLOW] * 8], "p50<300ms") == {}


def test_what_was_missed_for_sure_ends_it_whatever_was_good() -> None:
    """3 of 60 seconds are 5 % of all requests: p95 bears three bad seconds, and not four."""
    found = heard([*[GOOD] * 10, *[SLOW] * 4], "p95<300ms")

    assert list(found) == [14]


@pytest.mark.parametrize("seconds", [60, 600])
def test_accident_is_outgrown_in_a_longer_test(seconds: float) -> None:
    found = heard([GOOD] * 10 + [SLOW] * 5, "p95<300ms", duration=seconds)

    assert bool(found) is (seconds == 60)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("max<300ms", SLOW),
        ("mean<300ms", SLOW),
        ("errors<1%", DROPPED),
        ("delivered>=99%", FAILED),
        ("success>99%", DROPPED),
        ("throughput>=49/s", FAILED),
        ("p99<300ms", SLOW),
    ],
)
def test_every_metric_may_be_out_of_reach(text: str, row: Sequence[int]) -> None:
    assert list(heard([row] * 3, text, grace=3)) == [3]
    assert heard([GOOD] * 3, text, grace=3) == {}


def test_percentile_that_too_few_requests_will_show_ends_nothing() -> None:
    assert heard([[1, 0, 0, 1, 1_000_000, 1]] * 5, "p99<300ms", grace=1, rate=1) == {}


def test_missed_span_ends_it() -> None:
    found = heard([*[GOOD] * 3, SLOW, *[GOOD] * 8], "p95<300ms for 2s", grace=6)

    assert found[6] == (
        "it was ended after 6 s of 60 s: p95<300ms for 2s was missed in the 2 s from second 2"
    )


def test_users_may_still_send_as_much_as_in_their_busiest_second() -> None:
    """200 slow ones are 5 % of all where 50 come each second, and 67 % where 10 do."""
    few, many = [10, 0, 0, 10, 100_000, 0], GOOD
    slow = [[50, 0, 0, 50, 50_000_000, 50]] * 4

    assert heard([*slow, many], "p90<300ms", grace=5, users=50, duration=60) == {}
    assert heard([[2 * n for n in few], *slow], "p90<300ms", grace=5, users=50, duration=10)


def test_workers_are_one() -> None:
    outlook = Outlook([parse("errors<1%")], workload(workers=2), grace=1)
    line = {"phase": "measure", "second": 1, "settled": [[0, [FAILED]]]}

    assert outlook.hear(line) is None
    assert outlook.hear(line) is not None


def test_seconds_of_the_warm_up_are_none() -> None:
    outlook = Outlook([parse("errors<1%")], workload(), grace=0)

    assert outlook.hear({"phase": "warmup", "second": 5, "settled": []}) is None
    assert outlook.watched == [(None, None)]
