"""The result of a comparison: plain data, ready for JSON and every report.

Latencies are milliseconds, `cpu` shares of a core, sizes bytes, `ratio`s a divided by b. What is
not known is None.
"""

from collections.abc import Sequence
from typing import Any

from apiforge import __version__
from apiforge.catalog.model import Catalog
from apiforge.compare.metrics import explore_rounds, judge_rounds
from apiforge.compare.order import Order, Variant
from apiforge.compare.pooling import pooled, rounded, told_round
from apiforge.compare.recommendation import Candidate, recommend
from apiforge.compare.session import Outcome
from apiforge.compare.stage import feature_of, is_compared
from apiforge.compare.statistics import ALPHA, FEWEST_ROUNDS, Difference
from apiforge.compare.store import SCHEMA
from apiforge.compare.visit import Visit
from apiforge.loadtest import machine


def make_document(
    order: Order, outcome: Outcome, catalog: Catalog, *, comparison_id: str, smallest: float
) -> dict[str, Any]:
    """Everything that the reports tell."""
    by_label = {label: _of(label, outcome.visits) for label in order.labels}
    variants = [
        _variant(order, variant, outcome, catalog, visits=by_label[variant.label])
        for variant in order.variants
    ]
    compared = [it["label"] for it in variants if it["compared"]]
    rounds = {label: by_label[label] for label in compared}
    differences = judge_rounds(rounds, smallest=smallest)
    return {
        "schema": SCHEMA,
        "id": comparison_id,
        "started": min((visit.started for visit in outcome.visits), default=None),
        "interrupted": outcome.interrupted,
        "asked": _asked(order, smallest),
        "variants": variants,
        "differences": [_difference(one) for one in differences],
        "exploratory": [_difference(one) for one in explore_rounds(rounds)],
        "recommendation": _recommendation(order, variants, differences, catalog),
        "time": _time(outcome),
        "machine": machine.describe(),
        "apiforge": __version__,
    }


def _of(label: str, visits: Sequence[Visit]) -> list[Visit]:
    return [visit for visit in visits if visit.label == label]


def _asked(order: Order, smallest: float) -> dict[str, Any]:
    required = order.specification.requirements
    choices = {
        axis: list(values)
        for axis, values in order.specification.choices.items()
        if axis != order.axis
    }
    return {
        "name": order.specification.name,
        "axis": order.axis,
        "rate": order.rate,
        "duration_s": order.duration,
        "rounds": order.rounds,
        "rows": order.rows,
        "targets": [target.text for target in order.targets],
        "choices": choices,
        "resources": [resource.name for resource in order.specification.resources],
        "requirements": {
            "peak_rate": required.peak_rate,
            "read_share": required.read_share,
            "growth_per_year": required.growth_per_year,
            "availability": required.availability,
            "expected_users": required.expected_users,
        },
        "seed": order.seed,
        "alpha": ALPHA,
        "smallest_difference": smallest,
        "fewest_rounds": FEWEST_ROUNDS,
    }


def _variant(
    order: Order, variant: Variant, outcome: Outcome, catalog: Catalog, *, visits: list[Visit]
) -> dict[str, Any]:
    software = outcome.software.get(variant.label)
    trouble = outcome.troubles.get(variant.label)
    feature = feature_of(catalog, order.axis, variant.value)
    valid = [visit for visit in visits if visit.is_valid]
    return {
        "axis": order.axis,
        "value": variant.value,
        "label": variant.label,
        "server": None
        if software is None
        else {
            "name": software.name,
            "version": software.version,
            "origin": software.origin,
            "stand_in": software.is_stand_in,
            "stands_in_for": software.stands_in_for,
            "untested": feature is not None and bool(feature.untested),
        },
        "compared": bool(valid) and is_compared(software, feature),
        "skipped": trouble.reason if trouble and trouble.kind == "skipped" else None,
        "failed": trouble.reason if trouble and trouble.kind == "failed" else None,
        **pooled(order, valid),
        "startup_s": rounded(outcome.startup.get(variant.label)),
        "rounds": [told_round(visit) for visit in visits],
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "metric": one.metric,
        "a": one.a,
        "b": one.b,
        "rounds": one.rounds,
        "ratio": rounded(one.ratio),
        "low": rounded(one.low),
        "high": rounded(one.high),
        "verdict": one.verdict,
    }


def _recommendation(
    order: Order,
    variants: Sequence[dict[str, Any]],
    differences: Sequence[Difference],
    catalog: Catalog,
) -> dict[str, Any]:
    candidates = [
        Candidate(measured=one, feature=feature_of(catalog, order.axis, one["value"]))
        for one in variants
    ]
    return recommend(order, candidates, differences=differences, catalog=catalog)


def _time(outcome: Outcome) -> dict[str, Any]:
    measuring = sum(visit.measured + visit.probed for visit in outcome.visits)
    whole = outcome.setup + sum(visit.took for visit in outcome.visits)
    return {
        "setup_s": rounded(outcome.setup),
        "whole_s": rounded(whole),
        "measuring_s": rounded(measuring),
        "measured_share": rounded(measuring / whole) if whole else None,
    }
