"""A percentile of too few requests is not a number."""

import pytest

from apiforge.loadtest import samples, verdict
from apiforge.loadtest.recording import Tally
from apiforge.loadtest.summary import summarize
from apiforge.loadtest.targets import parse
from tests.unit.loadtest.recordings import histogram, recording


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("p50<1s", 10),
        ("p90<1s", 50),
        ("p95<1s", 100),
        ("p99<1s", 500),
        ("p99.9<1s", 5000),
        ("mean<1s", 1),
        ("errors<1%", 1),
    ],
)
def test_five_requests_must_lie_beyond(text: str, count: int) -> None:
    assert samples.needed(parse(text)) == count


def answered(count: int) -> Tally:
    return Tally(requests=count, times=histogram(*[10.0] * count))


@pytest.mark.parametrize(("count", "status"), [(499, "invalid"), (500, "pass")])
def test_ten_seconds_of_fifty_a_second_suffice_for_p99(count: int, status: str) -> None:
    result = summarize(recording(endpoints={"GET /": answered(count)}), [parse("p99<500ms")])

    assert result["verdict"]["status"] == status


def test_too_few_requests_say_how_long_to_test() -> None:
    result = summarize(
        recording(endpoints={"GET /": answered(500)}), [parse("p99.9<1s"), parse("p95<1s")]
    )

    assert verdict.exit_code(result) == 4
    assert result["verdict"]["reasons"] == [
        "p99.9 of 500 requests is not a number worth judging, 5,000 are needed: test for at least "
        "100s at this rate, or choose another target than p99.9<1s"
    ]
    first, second = result["targets"]
    assert (first["judged"], first["met"], first["observed"]) == (False, False, None)
    assert (second["judged"], second["met"], second["observed"]) == (True, True, 10.0)


def test_an_endpoint_needs_requests_of_its_own() -> None:
    endpoints = {"GET /": answered(1000), "POST /": answered(20)}

    result = summarize(recording(endpoints=endpoints), [parse("POST /: p95<1s")])

    assert result["verdict"]["reasons"][0].startswith("POST /: p95 of 20 requests")
    assert "at least 50s" in result["verdict"]["reasons"][0]


def test_answers_that_are_missing_are_the_targets_fault() -> None:
    tally = Tally(requests=600, failures=590, times=histogram(*[10.0] * 10), dropped=10)

    result = summarize(recording(endpoints={"GET /": tally}), [parse("p99<1s"), parse("errors<1%")])

    assert verdict.exit_code(result) == 3


def test_only_what_a_short_test_can_show_is_judgeable() -> None:
    targets = [parse(text) for text in ("p50<1s", "p99<1s", "errors<1%")]

    assert [target.metric for target in samples.judgeable(targets, 5.0, 10.0)] == ["p50", "errors"]


def slow(count: int, *, of: int) -> Tally:
    """`count` of so many requests took a second, the others 10 ms."""
    return Tally(requests=of, times=histogram(*[1000.0] * count, *[10.0] * (of - count)))


@pytest.mark.parametrize(("count", "status"), [(2, "invalid"), (5, "fail"), (20, "fail")])
def test_a_miss_beyond_chance_shows_in_few_requests(count: int, status: str) -> None:
    """Of 20 requests 1 may be too slow by p95; 5 or more are in 3 of 1,000 runs."""
    result = summarize(recording(endpoints={"GET /": slow(count, of=20)}), [parse("p95<200ms")])

    assert result["verdict"]["status"] == status


def test_one_missed_target_fails_whatever_could_not_be_judged() -> None:
    endpoints = {"GET /": slow(60, of=100)}

    result = summarize(recording(endpoints=endpoints), [parse("p95<200ms"), parse("p99.9<2s")])

    assert verdict.exit_code(result) == 3
    assert [target["judged"] for target in result["targets"]] == [True, False]
