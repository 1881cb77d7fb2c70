"""The plan: every number follows by the formula that is printed, and what does not fit is said."""

import math
from dataclasses import replace
from typing import Any

import pytest

from apiforge.capacity.assumptions import Assumptions, Bearing
from apiforge.capacity.measurement import Bottleneck, Measurement
from apiforge.capacity.plan import CapacityPlan, make_capacity_plan
from apiforge.capacity.settings import settings_text
from apiforge.project.requirements import Requirements

MEASURED = Measurement(
    run="20261126-100000-ab12",
    rate=400.0,
    uncertainty_percent=1.5,
    workers=1,
    is_local=True,
    latency_ms=5.0,
    cpu=0.9,
    database_ms=2.0,
    create_share=0.05,
    write_share=0.1,
    bottleneck=Bottleneck(component="service", reason="each worker used 90% of a core"),
    points=((0.5, 100.0),),
)
REQUIRED = Requirements(peak_rate=600, growth_per_year=2.0, rows=10_000, expected_users=50_000)
SERVER = Bearing(connections=97, why={"connections_at_most": "database postgresql"})


def plan(
    required: Requirements = REQUIRED,
    measured: Measurement = MEASURED,
    bearing: Bearing = SERVER,
    assumptions: Assumptions | None = None,
) -> CapacityPlan:
    return make_capacity_plan(
        required,
        measured,
        bearing=bearing,
        assumptions=assumptions or Assumptions(),
        row_bytes=300.0,
        resources=2,
        scalability=None,
    )


def test_the_numbers_of_a_worked_example() -> None:
    sheet = plan().sheet
    # 1,200/s a year from now; a worker is planned with 280/s, a replica of two with 560/s.
    assert sheet["design_rate"] == 1200
    assert sheet["workers_per_replica"] == 2
    assert sheet["replicas"] == 3 + 1
    assert sheet["load_with_one_lost"] == 50.0
    assert sheet["in_flight"] == 6
    assert sheet["busy_connections"] == 2.4
    assert sheet["connections_per_replica"] == max(4, math.ceil(0.8 + 3 * math.sqrt(0.8)))
    assert sheet["autoscale_least"] == 1 + 1
    assert sheet["autoscale_most"] == 5 + 1
    assert sheet["rate_limit"] == 3 * 560
    assert sheet["requests_per_month"] == 394_470_000
    assert sheet["outage_minutes"] == pytest.approx(43.83)


def test_every_number_follows_from_those_before_it_by_the_formula_told() -> None:
    known: dict[str, Any] = {}
    computed = 0
    functions = {"ceil": math.ceil, "max": max, "min": min, "sqrt": math.sqrt}
    for figure in plan().as_json("shop")["figures"]:
        if figure["origin"] == "computed":
            computed += 1
            expected = eval(figure["formula"], functions, known)
            assert figure["value"] == pytest.approx(expected, abs=1e-4), figure["key"]
        known[figure["key"]] = figure["value"]
    assert computed > 20


def test_every_number_that_is_given_says_where_from() -> None:
    given = [it for it in plan().as_json("shop")["figures"] if it["origin"] != "computed"]
    assert all(figure["source"] for figure in given)
    assert {figure["origin"] for figure in given} == {"required", "measured", "assumed"}


@pytest.mark.parametrize(
    ("required", "needed"),
    [
        pytest.param(replace(REQUIRED, peak_rate=1200), 6, id="twice the peak"),
        pytest.param(replace(REQUIRED, growth_per_year=4.0), 6, id="twice the growth"),
        pytest.param(replace(REQUIRED, growth_per_year=0.5), 3, id="it will not shrink"),
    ],
)
def test_replicas_follow_what_if(required: Requirements, needed: int) -> None:
    assert plan(required).sheet["replicas"] == needed


def test_a_choice_that_serves_one_replica_does_not_fit_when_more_are_needed() -> None:
    bearing = Bearing(
        replicas=1,
        why={"replicas": "database sqlite"},
        advice={"replicas": "choose database postgresql"},
    )
    made = plan(bearing=bearing)
    assert not made.fits
    assert made.problems[0] == (
        "database sqlite serves 1 replica(s), and 3 are needed: choose database postgresql"
    )


def test_one_replica_is_enough_for_little_load_that_may_be_away() -> None:
    bearing = Bearing(replicas=1, why={"replicas": "database sqlite"})
    required = replace(REQUIRED, peak_rate=50, availability="99.9%")
    assert plan(required, bearing=bearing).fits
    assert not plan(replace(required, availability="99.99%"), bearing=bearing).fits


def test_more_connections_than_the_server_takes_do_not_fit() -> None:
    made = plan(replace(REQUIRED, peak_rate=8000))
    assert made.problems == (
        f"database postgresql takes 97 connections, and {made.sheet['connections_at_most']:.4g} "
        "come",
    )


def test_a_cache_of_one_worker_keeps_replicas_at_one_worker() -> None:
    bearing = Bearing(workers=1, why={"workers": "cache memory"})
    sheet = plan(bearing=bearing).sheet
    assert sheet["workers_per_replica"] == 1


def test_a_service_that_told_nothing_has_no_pools_and_says_so() -> None:
    made = plan(measured=replace(MEASURED, database_ms=None, cpu=None))
    assert "connections_per_replica" not in made.sheet
    assert "autoscale_cpu" not in made.sheet
    assert any("told nothing of itself" in note for note in made.notes)


def test_a_plan_from_one_machine_says_that_it_is_an_estimate() -> None:
    assert any(note.startswith("a local estimate") for note in plan().notes)
    elsewhere = plan(measured=replace(MEASURED, is_local=False))
    assert not any(note.startswith("a local estimate") for note in elsewhere.notes)


def test_settings_are_those_of_the_plan() -> None:
    lines = settings_text(plan(), has_memory_cache=False).splitlines()
    assert "WORKERS=2" in lines
    assert "DATABASE_CONNECTIONS=4" in lines
    assert "REPLICAS=4" in lines
    assert not any(line.startswith("CACHE_MAX_BYTES") for line in lines)
    assert "CACHE_MAX_BYTES=4800000" in settings_text(plan(), has_memory_cache=True)
