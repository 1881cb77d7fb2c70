"""What is recommended, by targets, requirements, differences, and never by a stand-in."""

from dataclasses import replace
from typing import Any

import pytest

from apiforge.compare.document import make_document
from apiforge.project.requirements import Requirements
from tests.unit.compare.comparisons import (
    CATALOG,
    Likeness,
    compared,
    make_order_of,
    make_outcome,
)
from tests.unit.compare.test_document import FAILED, FIFTH, SKIPPED, STAND_IN


def recommended(**likenesses: Likeness) -> dict[str, Any]:
    found: dict[str, Any] = compared(likenesses)["recommendation"]
    return found


def with_requirements(requirements: Requirements) -> dict[str, Any]:
    order = make_order_of(["sqlite", "postgresql"])
    order = replace(order, specification=replace(order.specification, requirements=requirements))
    outcome = make_outcome(order, {"sqlite": Likeness(p50=4), "postgresql": Likeness(p50=8)})
    document = make_document(order, outcome, CATALOG, comparison_id="0", smallest=0.05)
    found: dict[str, Any] = document["recommendation"]
    return found


def test_the_faster_one_is_recommended() -> None:
    found = recommended(sqlite=Likeness(p50=9, max_rate=200), postgresql=Likeness(p50=4))

    assert found["value"] == "postgresql"
    assert found["headline"] == "postgresql is recommended"
    assert any("p95 is better than that of sqlite" in it for it in found["reasons"])


def test_where_nothing_differs_the_one_listed_first_is_recommended() -> None:
    found = recommended(postgresql=Likeness(p50=5), sqlite=Likeness(p50=5))

    assert found["value"] == "sqlite"
    assert found["headline"] == "sqlite comes first, but nothing measured tells it from postgresql"
    assert any("no difference shown" in it for it in found["reasons"])


def test_one_that_misses_a_target_is_not_recommended() -> None:
    found = recommended(sqlite=Likeness(p50=300), postgresql=Likeness(p50=20))

    assert found["value"] == "postgresql"
    assert "Not sqlite: it missed p95<200ms" in found["reasons"]


def test_nothing_is_recommended_where_all_miss_their_targets() -> None:
    found = recommended(sqlite=Likeness(p50=300), postgresql=Likeness(p50=300))

    assert found["value"] is None
    assert found["reasons"][0].startswith("sqlite missed p95<200ms")


def test_one_that_cannot_bear_the_requirements_is_not_recommended() -> None:
    found = with_requirements(Requirements(availability="99.99%"))

    assert found["value"] == "postgresql"
    assert any("Not sqlite: it serves 1 replica" in reason for reason in found["reasons"])


@pytest.mark.parametrize(
    ("other", "told"),
    [
        pytest.param(
            Likeness(p50=1, software=STAND_IN), "a stand-in for PostgreSQL", id="stand-in"
        ),
        pytest.param(FAILED, "postgresql failed: in round 3 its server ended", id="failed"),
        pytest.param(SKIPPED, "postgresql was skipped: not here (get it)", id="skipped"),
    ],
)
def test_what_cannot_be_trusted_is_never_recommended(other: Likeness, told: str) -> None:
    found = recommended(sqlite=Likeness(p50=9, max_rate=90), postgresql=other)

    assert found["value"] == "sqlite"
    assert any(told in limit for limit in found["limits"])


def test_the_headroom_is_told() -> None:
    found = recommended(sqlite=Likeness(max_rate=500), postgresql=Likeness(max_rate=100))

    assert found["value"] == "sqlite"
    assert "times the 50 that are required" in found["reasons"][1]
    assert found["assessments"][0]["headroom"] == pytest.approx(10, rel=0.1)


def test_the_rows_of_a_year_are_told() -> None:
    found = recommended(sqlite=Likeness(), postgresql=Likeness())

    assert any("2,000 in a year" in reason for reason in found["reasons"])


def test_facts_have_their_sources() -> None:
    found = recommended(sqlite=Likeness(), postgresql=Likeness())

    assert found["facts"] == found["reasons"][-6:]
    assert all("(https://" in fact for fact in found["facts"])


def test_rounds_that_were_left_out_are_told() -> None:
    found = recommended(sqlite=Likeness(), postgresql=Likeness(faults=FIFTH))

    assert any("1 of 5 rounds of postgresql are left out" in it for it in found["limits"])


def test_what_only_the_load_generator_limited_is_no_close_call() -> None:
    found = recommended(sqlite=Likeness(p50=5, max_rate=None), postgresql=Likeness(p50=5))

    assert found["value"] == "sqlite"
    assert found["headline"] == "sqlite comes first, but nothing measured tells it from postgresql"
    assert any(
        "up to 100 requests/s" in it and "the load generator could not judge" in it
        for it in found["reasons"]
    )
