"""Whether a test can be trusted is coloured by the rule that decides it."""

from typing import Any

import pytest

from apiforge.loadtest.reports.trust import Check, checks
from apiforge.loadtest.summary import summarize
from tests.unit.loadtest.recordings import recording


def cpu_check(cpu: list[list[float]]) -> tuple[Check, dict[str, Any]]:
    document = summarize(recording(cpu=cpu, measured=10.0), [])
    [check] = [one for one in checks(document) if one.name == "Generator CPU"]
    return check, document


@pytest.mark.parametrize(
    ("cpu", "holds", "observed"),
    [
        pytest.param(
            [[0.1] * 20 + [0.9] * 5],
            False,
            "26% of a core, peak 90%, at least 90% for 5 s",
            id="low mean, busy for five seconds",
        ),
        pytest.param(
            [[0.9] * 4 + [0.75] + [0.9] * 4],
            True,
            "88% of a core, peak 90%, at least 75% for 5 s",
            id="high mean, but never five seconds in a row",
        ),
        pytest.param(
            [[0.1] * 5, [0.85] * 5],
            False,
            "85% of a core, peak 85%, at least 85% for 5 s",
            id="one of two workers",
        ),
        pytest.param([[0.9] * 4], None, "90% of a core, peak 90%", id="shorter than the rule"),
    ],
)
def test_generator_cpu_is_told_as_it_is_judged(
    cpu: list[list[float]], holds: bool | None, observed: str
) -> None:
    check, document = cpu_check(cpu)

    assert (check.holds, check.observed) == (holds, observed)
    assert check.limit == "at most 80% of a core for 5 s"
    is_invalid = any("saturated" in fault for fault in document["generator"]["faults"])
    assert is_invalid is (holds is False)


def test_result_of_an_older_version_is_not_coloured() -> None:
    _, document = cpu_check([[0.9] * 9])
    del document["generator"]["cpu_sustained"]

    [check] = [one for one in checks(document) if one.name == "Generator CPU"]

    assert (check.holds, check.observed) == (None, "90% of a core, peak 90%")
