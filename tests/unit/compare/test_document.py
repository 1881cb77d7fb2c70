"""What a comparison's result says; it follows the published schema, whatever happened."""

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from apiforge import paths
from apiforge.compare.cast import Trouble
from apiforge.compare.document import make_document
from apiforge.compare.stage import Software
from tests.unit.compare.comparisons import (
    CATALOG,
    Likeness,
    compared,
    make_order_of,
    make_outcome,
)

SCHEMA = json.loads(paths.comparison_schema().read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
STAND_IN = Software(name="Secant", version="0.7", origin="here", stands_in_for="PostgreSQL")
SKIPPED = Likeness(rounds=0, trouble=Trouble(kind="skipped", reason="not here (get it)"))
FAILED = Likeness(rounds=2, trouble=Trouble(kind="failed", reason="in round 3 its server ended"))
FIFTH = {0: "the generator was late"}


@cache
def even() -> dict[str, Any]:
    return compared({"sqlite": Likeness(p50=5), "postgresql": Likeness(p50=5)})


@cache
def apart() -> dict[str, Any]:
    return compared({"sqlite": Likeness(p50=4, max_rate=600), "postgresql": Likeness(p50=8)})


EVERY: dict[str, dict[str, Any]] = {
    "even": {},
    "skipped": {"postgresql": SKIPPED},
    "failed": {"postgresql": FAILED},
    "stand-in": {"postgresql": Likeness(software=STAND_IN)},
    "one round invalid": {"postgresql": Likeness(faults=FIFTH)},
    "generator at its limit": {"postgresql": Likeness(max_rate=None)},
}


@pytest.mark.parametrize("name", EVERY)
def test_every_result_follows_the_schema(name: str) -> None:
    likenesses = {"sqlite": Likeness(), "postgresql": Likeness(), **EVERY[name]}

    VALIDATOR.validate(compared(likenesses))


@pytest.mark.parametrize("key", SCHEMA["required"])
def test_a_result_without_a_promised_key_does_not_follow_it(key: str) -> None:
    document = {name: value for name, value in even().items() if name != key}

    with pytest.raises(ValidationError, match=key):
        VALIDATOR.validate(document)


@pytest.mark.parametrize("part", ["asked", "recommendation", "time"])
def test_every_key_of_a_result_is_described(part: str) -> None:
    assert set(even()[part]) == set(SCHEMA["properties"][part]["properties"])


def test_every_key_of_a_variant_is_described() -> None:
    variant = even()["variants"][0]

    assert set(variant) == set(SCHEMA["$defs"]["variant"]["properties"])
    assert set(variant["rounds"][0]) == set(SCHEMA["$defs"]["round"]["properties"])


def test_both_primary_metrics_are_judged_for_every_pair() -> None:
    found = [(it["metric"], it["a"], it["b"], it["verdict"]) for it in apart()["differences"]]

    assert found == [
        ("p95", "sqlite", "postgresql", "faster"),
        ("max_rate", "sqlite", "postgresql", "faster"),
    ]


def test_other_metrics_are_not_judged() -> None:
    found = apart()["exploratory"]

    assert {it["metric"] for it in found} >= {"p50", "p99", "api_cpu", "server_memory", "disk"}
    assert {it["verdict"] for it in found} == {None}


def test_a_round_that_is_invalid_is_in_no_difference() -> None:
    document = compared({"sqlite": Likeness(), "postgresql": Likeness(faults=FIFTH)})

    assert [it["rounds"] for it in document["differences"]] == [4, 4]
    assert document["variants"][1]["rounds"][0]["valid"] is False
    assert document["variants"][1]["requests"] == 4 * 900


def test_a_rate_beyond_the_generator_is_in_no_difference() -> None:
    document = compared({"sqlite": Likeness(), "postgresql": Likeness(max_rate=None)})

    assert [it["verdict"] for it in document["differences"]][1] == "too few rounds"
    assert document["variants"][1]["max_rate"] is None


def test_a_stand_in_is_in_no_difference() -> None:
    document = compared({"sqlite": Likeness(), "postgresql": Likeness(software=STAND_IN)})

    assert document["differences"] == []
    assert document["variants"][1]["server"]["stand_in"] is True
    assert document["variants"][1]["latency_ms"]["p95"] is not None


def test_twice_the_same_value_has_two_labels() -> None:
    order = make_order_of(["postgresql", "postgresql"])
    likenesses = {label: Likeness() for label in order.labels}
    outcome = make_outcome(order, likenesses)
    document = make_document(order, outcome, CATALOG, comparison_id="0", smallest=0.05)

    assert [it["label"] for it in document["variants"]] == ["postgresql", "postgresql-2"]
    assert document["differences"][0]["b"] == "postgresql-2"


def test_the_time_spent_on_measuring_is_told() -> None:
    """10 visits of 29 s measured in 35 s, after 60 s of setting up."""
    assert even()["time"] == {
        "setup_s": 60.0,
        "whole_s": 410.0,
        "measuring_s": 290.0,
        "measured_share": pytest.approx(290 / 410, abs=1e-4),
    }


def test_what_was_interrupted_says_so() -> None:
    order = make_order_of(["sqlite", "postgresql"])
    outcome = make_outcome(order, {label: Likeness(rounds=3) for label in order.labels})
    stopped = replace(outcome, interrupted=True)
    document = make_document(order, stopped, CATALOG, comparison_id="0", smallest=0.05)

    assert document["interrupted"] is True
    assert {it["verdict"] for it in document["differences"]} == {"too few rounds"}
