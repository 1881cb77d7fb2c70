"""Targets that must hold in every so many seconds."""

from typing import Any

import pytest

from apiforge.loadtest.recording import Recording, Tally
from apiforge.loadtest.summary import summarize
from apiforge.loadtest.targets import TargetError, parse
from apiforge.loadtest.windows import judge, windows
from tests.unit.loadtest.recordings import histogram, recording


def second(slow: int = 0, *, of: int = 20, **counts: int) -> Tally:
    """So many requests due in a second, some of them taking a second and the others 10 ms."""
    return Tally(requests=of, times=histogram(*[1000.0] * slow, *[10.0] * (of - slow)), **counts)


def run(*seconds: Tally, measured: float | None = None, **changes: Any) -> Recording:
    return recording(
        seconds=list(seconds),
        measured=float(len(seconds)) if measured is None else measured,
        endpoints={"GET /": Tally.merged(seconds)},
        **changes,
    )


def verdict(found: Recording, text: str) -> tuple[str, list[str]]:
    decided = summarize(found, [parse(text)])["verdict"]
    return decided["status"], decided["reasons"]


@pytest.mark.parametrize(("text", "span"), [("10s", 10), ("2m", 120), ("1 h", 3600)])
def test_span_is_read(text: str, span: int) -> None:
    target = parse(f"GET /a: p95<300ms for {text}")

    assert (target.span, target.limit, target.endpoint) == (span, 300.0, "GET /a")
    assert target.over_all.span is None


def test_target_without_its_span_has_its_words_without_it() -> None:
    assert parse("p95<300ms for 10s").over_all == parse("p95<300ms")


@pytest.mark.parametrize("text", ["p95<1s for 0s", "p95<1s for 500ms", "p95<1s for", "p95<1sfor1s"])
def test_impossible_span_is_refused(text: str) -> None:
    with pytest.raises(TargetError):
        parse(text)


def test_bad_seconds_fail_what_passes_over_the_whole() -> None:
    found = run(*[second()] * 30, second(12), second(12), *[second()] * 30)

    assert verdict(found, "p95<300ms")[0] == "pass"
    status, reasons = verdict(found, "p95<300ms for 10s")
    assert status == "fail"
    assert reasons[0] == (
        "p95 was 1000ms in the 10 s from second 21, the target is < 300ms in every 10 s: missed in "
        "11 of 53"
    )


def test_bad_time_is_found_wherever_it_lies() -> None:
    """Windows side by side would halve it: 8 slow of 100 in each, within p90."""
    seconds = [second() for _ in range(20)]
    seconds[4] = seconds[5] = second(8)

    [judgement] = judge([parse("p90<300ms for 5s")], run(*seconds))

    assert judgement.spans is not None
    assert (judgement.met, judgement.spans.judged, judgement.spans.missed) == (False, 16, 4)


def test_every_window_is_what_its_seconds_are_together() -> None:
    seconds = [second(number % 7, of=20 + number, failures=number % 3) for number in range(30)]

    for begin, window in windows(seconds, 4):
        together = Tally.merged(seconds[begin : begin + 4])
        assert (window.requests, window.failures) == (together.requests, together.failures)
        assert window.times.to_json() == together.times.to_json()


def test_too_few_requests_in_every_window_are_said() -> None:
    status, reasons = verdict(run(*[second(of=5)] * 20), "p95<300ms for 10s")

    assert status == "invalid"
    assert reasons == [
        "p95 of 50 requests in 10 s is not a number worth judging, 100 are needed: ask for 20s or "
        "more, or choose another target than p95<300ms for 10s"
    ]


def test_windows_with_too_few_requests_are_told_beside_the_others() -> None:
    status, reasons = verdict(run(*[second(of=1)] * 10, *[second()] * 20), "p95<300ms for 10s")

    assert status == "pass"
    assert reasons[1] == "p95<300ms for 10s: 5 of 21 stretches had too few requests to say"


def test_few_requests_can_show_a_miss_beyond_chance() -> None:
    assert verdict(run(*[second(4, of=5)] * 10), "p95<300ms for 5s")[0] == "fail"


def test_only_whole_seconds_count() -> None:
    found = run(*[second()] * 10, second(20), measured=10.5)

    assert verdict(found, "p95<300ms for 10s")[0] == "pass"


def test_shorter_test_than_its_span_is_not_judged() -> None:
    status, reasons = verdict(run(*[second()] * 5), "errors<1% for 10s")

    assert status == "invalid"
    assert "only 5.0 s were measured" in reasons[0]


def test_endpoint_is_judged_by_its_own_seconds() -> None:
    def parts(slow: int) -> Tally:
        quick, other = second(of=180), second(slow)
        return Tally(requests=200, times=quick.times, endpoints={"POST /": other})

    seconds = [parts(0)] * 10 + [parts(18)] * 5 + [parts(0)] * 10
    found = recording(
        seconds=seconds, measured=25.0, endpoints={"POST /": second(90, of=500), "GET /": second()}
    )

    assert verdict(found, "POST /: p50<300ms for 5s")[0] == "fail"
    assert verdict(found, "p50<300ms for 5s")[0] == "pass"
    assert "no endpoint of that name" in verdict(found, "GET /x: p50<1s for 5s")[1][0]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("throughput>=15/s for 2s", "fail"),
        ("throughput>=9/s for 2s", "pass"),
        ("errors<10% for 2s", "fail"),
        ("delivered>=40% for 2s", "pass"),
        ("max<2s for 2s", "pass"),
        ("mean<5ms for 2s", "fail"),
    ],
)
def test_every_metric_may_have_a_span(text: str, status: str) -> None:
    assert verdict(run(*[second()] * 5, second(failures=20), second()), text)[0] == status


def test_seconds_of_endpoints_merge_across_workers() -> None:
    parts = [run(Tally(requests=5, endpoints={name: second()})) for name in ("GET /", "POST /")]

    [merged] = Recording.merged(parts).seconds

    assert {name: part.requests for name, part in merged.endpoints.items()} == {
        "GET /": 20,
        "POST /": 20,
    }
