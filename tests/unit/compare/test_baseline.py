"""One run beside an earlier one: what may be said, and what may not."""

from random import Random
from typing import Any

import pytest

from apiforge.compare.baseline import compare_runs, require
from apiforge.loadtest.recording import Recording, Tally
from apiforge.loadtest.summary import summarize
from apiforge.loadtest.targets import parse
from apiforge.loadtest.workload import Workload
from tests.result_schema import follows_schema
from tests.unit.loadtest.recordings import histogram, recording

WORKLOAD = Workload(url="http://127.0.0.1:1/", rate=50, duration=30, warmup=0, timeout=2)


def measured(
    factor: float = 1.0, *, seed: int = 1, failures: int = 0, milliseconds: float = 20.0
) -> Recording:
    """Thirty seconds of 50 requests with lognormal times."""
    random = Random(seed)
    seconds = [
        Tally(
            requests=50,
            failures=failures,
            times=histogram(
                *(milliseconds * factor * random.lognormvariate(0, 0.3) for _ in range(50))
            ),
        )
        for _ in range(30)
    ]
    endpoints = {"GET /": Tally.merged(seconds)}
    return recording(workload=WORKLOAD, seconds=seconds, measured=30.0, endpoints=endpoints)


def result(found: Recording, **run: Any) -> dict[str, Any]:
    document = summarize(found, [parse("errors<50%")])
    document["run"] |= {"id": "20261126-120000-abcd", "rows": 100, "scenario": "1f", **run}
    document["machine"] = {"cores": 2, "cpu": "Model", "os": "Linux 6.1 x86_64"}
    return document


def answer(now: dict[str, Any], before: dict[str, Any]) -> tuple[str, list[str]]:
    found = compare_runs(now, before)
    assert follows_schema({**now, "baseline": found})
    return found["answer"], found["reasons"]


BEFORE = result(measured())
FOUND = {"rate": 5, "first_broken_rate": None, "uncertainty_percent": None, "probes": []}


@pytest.mark.parametrize("seed", range(2, 8))
def test_the_same_again_shows_no_difference(seed: int) -> None:
    assert answer(result(measured(seed=seed)), BEFORE) == (
        "no difference shown",
        ["too few requests to tell: p99"],
    )


@pytest.mark.parametrize(
    ("factor", "expected"), [(1.4, "regressed"), (0.7, "improved"), (1.08, "no difference shown")]
)
def test_only_a_change_that_two_runs_can_show_is_called(factor: float, expected: str) -> None:
    assert answer(result(measured(factor, seed=2)), BEFORE)[0] == expected


def test_reason_says_how_much_and_how_surely() -> None:
    found = compare_runs(result(measured(1.4, seed=2)), BEFORE)

    [p95] = [row for row in found["metrics"] if row["metric"] == "p95"]
    assert p95["low"] < 1.4 < p95["high"]
    assert p95["ratio"] == pytest.approx(1.4, rel=0.1)
    assert found["reasons"][0].startswith("p50 regressed: +")
    assert (found["run"], len(found["series"])) == ("20261126-120000-abcd", 30)


def test_times_that_differ_by_less_than_they_are_known_do_not_differ() -> None:
    fast, slower = (result(measured(factor, milliseconds=1.0)) for factor in (1.0, 1.5))

    assert answer(slower, fast)[0] == "no difference shown"


def test_errors_are_worse_by_a_hundredth() -> None:
    assert answer(result(measured(failures=2)), BEFORE)[0] == "regressed"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rows": 200}, "other data: rows 200, not 100"),
        ({"scenario": "2e"}, "other scenario: other requests were made, or in another mix"),
        ({"rate": 60.0}, "other load: rate 60, not 50"),
        ({"duration_s": 60.0}, "other load: duration 60, not 30"),
        ({"users": 5}, "other load: users 5, not none"),
        ({"arrivals": "poisson"}, "other load: arrivals poisson, not constant"),
        ({"think_time_s": 1.0}, "other load: think time 1, not none"),
        ({"spawn_rate": 2.0}, "other load: spawn rate 2, not none"),
        ({"stages": "9s:5"}, "other load: stages 9s:5, not none"),
        ({"profile": "spike"}, "other load: profile spike, not none"),
        ({"warmup_s": 5.0}, "other load: warm-up 5, not 0"),
        ({"timeout_s": 9.0}, "other load: timeout 9, not 2"),
        ({"joined": 2}, "other generator: from other machines 2, not none"),
        ({"data": "3d"}, "other data: its files, or how their rows are used, differ"),
        ({"interrupted": True}, "this run was interrupted"),
        ({"aborted": "too slow"}, "this run was ended early"),
        ({"breakpoint": FOUND}, "this run is a search for the breakpoint"),
    ],
)
def test_what_cannot_be_compared_says_why(change: dict[str, Any], reason: str) -> None:
    assert answer(result(measured(), **change), BEFORE) == ("not comparable", [reason])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"cores": 8}, "other machine: cores 8, not 2"),
        ({"cpu": "Other"}, "other machine: processor Other, not Model"),
        (
            {"kept_awake": True},
            "other machine: kept awake in one of the runs only (see --keep-awake)",
        ),
        ({"os": "Darwin 23 arm64"}, "other machine: Darwin 23 arm64, not Linux 6.1 x86_64"),
    ],
)
def test_another_machine_cannot_be_compared(change: dict[str, Any], reason: str) -> None:
    now = result(measured())
    now["machine"] |= change

    assert answer(now, BEFORE) == ("not comparable", [reason])


def test_other_generators_cannot_be_compared() -> None:
    now = result(measured())
    now["generator"] |= {"workers": 2}

    assert answer(now, BEFORE) == ("not comparable", ["other generator: workers 2, not 1"])


def test_of_another_model_only_the_model_is_told() -> None:
    now = result(measured(), rate=None, users=5, think_time_s=1.0)
    now["model"] = "closed"

    assert answer(now, BEFORE) == ("not comparable", ["other load: model closed, not open"])


def test_all_that_differs_is_told() -> None:
    now = result(measured(), rate=60.0, rows=200)
    now["machine"] |= {"cores": 8}

    assert answer(now, BEFORE)[1] == [
        "other machine: cores 8, not 2",
        "other load: rate 60, not 50",
        "other data: rows 200, not 100",
    ]


def test_what_does_not_matter_stays_comparable() -> None:
    now = result(measured(), seed=7, service_workers=4, name="another", apiforge="9.9")
    now |= {"target": "http://elsewhere/", "targets": []}

    assert answer(now, BEFORE)[0] == "no difference shown"


def test_another_kernel_is_the_same_machine() -> None:
    now = result(measured())
    now["machine"]["os"] = "Linux 6.2 x86_64"

    assert answer(now, BEFORE)[0] == "no difference shown"


def test_invalid_baseline_cannot_be_compared() -> None:
    before = BEFORE | {"generator": BEFORE["generator"] | {"faults": ["late"]}}

    told = ["the baseline is invalid: late"]
    assert answer(result(measured()), before) == ("not comparable", told)


def test_target_that_could_not_be_judged_makes_no_run_incomparable() -> None:
    before = BEFORE | {"verdict": {"status": "invalid", "reasons": ["too few requests"]}}

    assert answer(result(measured()), before)[0] == "no difference shown"


def test_result_of_an_older_version_cannot_be_compared() -> None:
    before = {key: value for key, value in BEFORE.items() if key != "blocks"}

    assert "another version" in answer(result(measured()), before)[1][0]


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (result(measured(1.4, seed=2)), "fail"),
        (result(measured(0.7, seed=2)), "pass"),
        (result(measured(seed=2)), "pass"),
        (result(measured(), rows=200), "invalid"),
    ],
    ids=["regressed", "improved", "no difference", "not comparable"],
)
def test_regression_fails_only_where_it_is_required(now: dict[str, Any], status: str) -> None:
    compared = {**now, "baseline": compare_runs(now, BEFORE)}
    required = require(compared)

    assert compared["verdict"]["status"] == "pass"
    assert required["verdict"]["status"] == status
    assert required["baseline"]["required"] is True
    assert follows_schema(required)
