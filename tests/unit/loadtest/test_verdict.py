import pytest

from apiforge.loadtest import targets, verdict
from apiforge.loadtest.recording import Recording, Tally
from tests.unit.loadtest.recordings import histogram, recording


def decide(found: Recording, *texts: str, invalid: tuple[str, ...] = ()) -> dict[str, object]:
    judged = targets.judge([targets.parse(text) for text in texts], found)
    return verdict.decide(found, judged, invalid)


def test_met_targets_pass() -> None:
    assert decide(recording()) == {"status": "pass", "reasons": ["the target was met"]}


def test_missed_target_fails_with_what_was_observed() -> None:
    assert decide(recording(), "p95<5ms", "errors<1%") == {
        "status": "fail",
        "reasons": ["p95 was 10ms, the target is < 5ms"],
    }


def test_invalid_wins_over_missed_targets() -> None:
    assert decide(recording(), "p95<5ms", invalid=("late",)) == {
        "status": "invalid",
        "reasons": ["late"],
    }


def test_failure_is_explained() -> None:
    silent = [Tally(requests=10, failures=10) for _ in range(4)]
    found = recording(
        endpoints={
            "GET /": Tally(
                requests=95, failures=45, dropped=5, unfinished=20, times=histogram(*[10.0] * 90)
            )
        },
        seconds=[Tally(requests=10) for _ in range(6)] + silent,
        errors=[
            ("GET /", "no answer within 2 s", 40),
            ("GET /", "not sent: 20 requests were waiting for an answer", 5),
            ("GET /", "status 302", 4),
            ("GET /", "status 500", 1),
        ],
    )

    assert decide(found)["reasons"] == [
        "errors was 50%, the target is < 1%",
        "from second 6 to the end the target answered nothing successfully",
        "40 of 100 requests got no answer within 2 s",
        "5 of 100 requests could not be sent: 20 were waiting for an answer already",
        "the most frequent error: status 302 (redirects are not followed), 4 times at GET /",
    ]


@pytest.mark.parametrize(("status", "code"), [("pass", 0), ("fail", 3), ("invalid", 4)])
def test_exit_code_follows_the_status(status: str, code: int) -> None:
    assert verdict.exit_code({"verdict": {"status": status}}) == code


def test_interruption_is_the_first_reason() -> None:
    found = recording(interrupted=True)

    reasons = decide(found, "p95<5ms")["reasons"]

    assert isinstance(reasons, list)
    assert reasons[0].startswith("it was interrupted: ")
    assert reasons[1].startswith("p95 was 10ms")
