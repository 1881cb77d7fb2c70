import pytest

from apiforge.errors import UsageError
from apiforge.loadtest import targets
from apiforge.loadtest.recording import Tally
from apiforge.loadtest.targets import TargetError
from tests.unit.loadtest.recordings import histogram, recording


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p95<200ms", (None, "p95", "<", 200.0)),
        ("p99.9 <= 1.5s", (None, "p99.9", "<=", 1500.0)),
        ("p50<250us", (None, "p50", "<", 0.25)),
        ("mean<10ms", (None, "mean", "<", 10.0)),
        ("max<=2s", (None, "max", "<=", 2000.0)),
        ("errors<0.1%", (None, "errors", "<", 0.1)),
        ("success>99%", (None, "success", ">", 99.0)),
        ("delivered>=99%", (None, "delivered", ">=", 99.0)),
        ("throughput>=100/s", (None, "throughput", ">=", 100.0)),
        ("GET /api/v1/products: p95<100ms", ("GET /api/v1/products", "p95", "<", 100.0)),
        ("GET /a:b: p95<100ms", ("GET /a:b", "p95", "<", 100.0)),
    ],
)
def test_target_is_read(text: str, expected: tuple[str | None, str, str, float]) -> None:
    target = targets.parse(text)

    assert (target.endpoint, target.metric, target.sign, target.limit) == expected
    assert target.text == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a target"),
        ("fast please", "is not a target"),
        ("p95", "is not a target"),
        ("p95<200", "is not a target"),
        ("p95<-1ms", "is not a target"),
        (": p95<1ms", "is not a target"),
        ("p42<200ms", "nothing called 'p42'"),
        ("p95>200ms", "p95 is limited by < or <="),
        ("p95<5%", "p95 is given in us or ms or s"),
        ("errors<5ms", "errors is given in %"),
        ("errors>5%", "errors is limited by < or <="),
        ("success<99%", "success is limited by > or >="),
        ("throughput>=100%", "throughput is given in /s"),
    ],
)
def test_bad_target_is_refused_with_a_hint(text: str, message: str) -> None:
    with pytest.raises(TargetError, match=message) as caught:
        targets.parse(text)

    assert isinstance(caught.value, UsageError)
    assert "p95<200ms" in str(caught.value.hint)


MIXED = recording(
    endpoints={
        "GET /a": Tally(
            requests=90,
            failures=10,
            dropped=10,
            times=histogram(*range(1, 81)),
            failed_times=histogram(*[0.1] * 10),
        ),
        "GET /b": Tally(requests=100, times=histogram(*[500.0] * 100)),
        "GET /never": Tally(),
    }
)


@pytest.mark.parametrize(
    ("text", "observed", "met"),
    [
        ("errors<11%", 10.0, True),
        ("errors<10%", 10.0, False),
        ("errors<=10%", 10.0, True),
        ("success>90%", 90.0, False),
        ("delivered>=90%", 90.0, True),
        ("throughput>=18/s", 18.0, True),
        ("GET /a: errors<=20%", 20.0, True),
        ("GET /a: throughput>=9/s", 8.0, False),
        ("GET /a: max<=80ms", 80.0, True),
        ("GET /b: p50<500ms", 500.0, False),
    ],
)
def test_target_is_judged(text: str, observed: float, met: bool) -> None:
    [judgement] = targets.judge([targets.parse(text)], MIXED)

    assert judgement.met == met
    assert judgement.observed == pytest.approx(observed, rel=1 / 4096)


@pytest.mark.parametrize("text", ["GET /never: p95<1s", "GET /nowhere: errors<1%"])
def test_target_without_any_answer_is_missed(text: str) -> None:
    [judgement] = targets.judge([targets.parse(text)], MIXED)

    assert (judgement.observed, judgement.met) == (None, False)


def test_unknown_endpoint_lists_the_names() -> None:
    [judgement] = targets.judge([targets.parse("GET /c: p95<1s")], MIXED)

    assert judgement.reason.endswith("those of this test: GET /a, GET /b, GET /never")


def test_without_targets_errors_are_judged() -> None:
    [judgement] = targets.judge([], recording())

    assert judgement.target.text == "errors<1%"
    assert judgement.met


def test_tightest_target_is_of_percentiles_only() -> None:
    chosen = [targets.parse(text) for text in ("max<1ms", "p99<3s", "GET /: p50<2s", "errors<1%")]

    assert targets.tightest_ms(chosen) == 2000.0
    assert targets.tightest_ms([targets.parse("errors<1%")]) is None
