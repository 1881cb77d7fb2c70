"""One run beside an earlier one: regressed, improved, no difference shown, or not comparable.

Two runs are one round, and one round says nothing about how much runs differ by themselves. What
two runs do show is how steady each of them was: both are cut into the same blocks of time, and the
log-ratios of the blocks are tested as rounds are (see `statistics`). That interval knows nothing of
what differs between whole runs, so a change is only called from `SMALLEST` on, and of a time when
it is more than `RESOLUTION_MS`, which is how exactly times are known. For less there are rounds:
see `against`. ADR 0013 has the reasons and what was measured.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from apiforge.compare.comparability import Document, differences_of_setup
from apiforge.compare.statistics import FEWEST_ROUNDS, Difference, Metric, find_differences

SMALLEST = 0.15
RESOLUTION_MS = 2.0
SMALLEST_ERRORS = 0.01
Answer = Literal["regressed", "improved", "no difference shown", "not comparable", "too few rounds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Something compared: how it is tested, where its whole value stands, from what on it matters.

    `resolution`: differences of the whole values within it, in `unit`, are none.
    """

    metric: Metric
    unit: str
    smallest: float = SMALLEST
    resolution: float = 0.0


TIMES = tuple(
    Measure(metric=Metric(name=name), unit="ms", resolution=RESOLUTION_MS)
    for name in ("p50", "p95", "p99")
)
THROUGHPUT = Measure(metric=Metric(name="throughput", more_is_better=True), unit="/s")
DELIVERED = Measure(
    metric=Metric(name="delivered", more_is_better=True), unit="%", smallest=SMALLEST_ERRORS
)
MEASURES = (*TIMES, THROUGHPUT, DELIVERED)


def compare_runs(document: Document, baseline: Document) -> dict[str, Any]:
    """What a result says beside that of an earlier run, for the result's key `baseline`."""
    reasons = differences_of_setup(document, baseline)
    if reasons:
        return section(baseline, "not comparable", reasons=reasons, metrics=[])
    rounds = [(measure.metric, _blocks(measure, document, baseline)) for measure in MEASURES]
    metrics = _judged(document, baseline, MEASURES, find_differences(rounds, smallest=0.0))
    answer, reasons = conclude(metrics)
    return section(baseline, answer, reasons=reasons, metrics=metrics)


def _blocks(
    measure: Measure, document: Document, baseline: Document
) -> dict[str, list[float | None]]:
    return {
        name: [_of_block(measure.metric.name, block) for block in one["blocks"]]
        for name, one in (("run", document), ("baseline", baseline))
    }


def _of_block(name: str, block: Mapping[str, Any]) -> float | None:
    if name in ("throughput", "delivered"):
        of = float(block["seconds" if name == "throughput" else "due"])
        return float(block["succeeded"]) / of if of else None
    value = block[name]
    return None if value is None else float(value)


def _judged(
    document: Document,
    baseline: Document,
    measures: Sequence[Measure],
    differences: Sequence[Difference],
) -> list[dict[str, Any]]:
    """One row a measure: both whole values, the ratio with its interval, and what it means."""
    return [
        row(
            measure,
            difference,
            observed=whole(document, measure),
            before=whole(baseline, measure),
            too_few="too few requests",
        )
        for measure, difference in zip(measures, differences, strict=True)
    ]


def row(
    measure: Measure,
    difference: Difference,
    *,
    observed: float | None,
    before: float | None,
    too_few: str,
) -> dict[str, Any]:
    """A measure in numbers and what they mean; `too_few` is what there may not be enough of."""
    enough = difference.rounds >= FEWEST_ROUNDS
    return {
        "metric": difference.metric,
        "unit": measure.unit,
        "baseline": before,
        "observed": observed,
        "ratio": _rounded(difference.ratio),
        "low": _rounded(difference.low),
        "high": _rounded(difference.high),
        "rounds": difference.rounds,
        "answer": _answer(measure, difference, observed, before) if enough else too_few,
    }


def _answer(
    measure: Measure, difference: Difference, observed: float | None, before: float | None
) -> str:
    if difference.verdict not in ("faster", "slower") or difference.ratio is None:
        return "no difference shown"
    if abs(math.log(difference.ratio)) <= math.log1p(measure.smallest):
        return "no difference shown"
    if observed is not None and before is not None and abs(observed - before) <= measure.resolution:
        return "no difference shown"
    return "improved" if difference.verdict == "faster" else "regressed"


def whole(document: Document, measure: Measure) -> float | None:
    """The value of the whole run, in the unit of the measure."""
    summary, name = document["summary"], measure.metric.name
    if name == "throughput":
        value = summary.get("achieved_rate")
    elif name == "delivered":
        errors = summary.get("errors_percent")
        value = None if errors is None else round(100 - errors, 4)
    else:
        value = (summary.get("latency_ms") or {}).get(name)
    return None if value is None else float(value)


def conclude(metrics: Sequence[Mapping[str, Any]]) -> tuple[Answer, list[str]]:
    """The answer that all rows give together: one regression is enough."""
    for answer in ("regressed", "improved"):
        found = [row for row in metrics if row["answer"] == answer]
        if found:
            return answer, [_sentence(row) for row in found]
    untold = [row["metric"] for row in metrics if row["answer"].startswith("too few")]
    reasons = [f"too few requests to tell: {', '.join(untold)}"] if untold else []
    return "no difference shown", reasons


def _sentence(row: Mapping[str, Any]) -> str:
    change = 100 * (row["ratio"] - 1)
    return (
        f"{row['metric']} {row['answer']}: {change:+.3g} % "
        f"({100 * (row['low'] - 1):+.3g} to {100 * (row['high'] - 1):+.3g} %)"
    )


def section(
    baseline: Document,
    answer: str,
    *,
    reasons: Sequence[str],
    metrics: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The key `baseline` of a result: what was found, and what plots lay over the run's own."""
    return {
        "run": baseline["run"].get("id"),
        "name": baseline["run"].get("name"),
        "started": baseline.get("started"),
        "answer": answer,
        "reasons": list(reasons),
        "required": False,
        "metrics": list(metrics),
        "percentiles": baseline["summary"].get("percentiles") or [],
        "series": [
            {key: second.get(key) for key in ("second", "p50", "p95", "p99", "succeeded")}
            for second in baseline["series"]
        ],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def require(document: Document) -> dict[str, Any]:
    """The result, where a regression is to fail it; what cannot be compared has not passed."""
    found = {**document["baseline"], "required": True}
    return {**document, "baseline": found, "verdict": _required(document["verdict"], found)}


def _required(verdict: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    status, told = verdict["status"], found["reasons"]
    if status != "invalid" and found["answer"] == "regressed":
        kept = verdict["reasons"] if status == "fail" else []
        reasons = [f"{reason}, compared with {found['run']}" for reason in told]
        return {"status": "fail", "reasons": [*reasons, *kept]}
    if status == "pass" and found["answer"] in ("not comparable", "too few rounds"):
        reasons = [f"{found['answer']}, {found['run']}: {reason}" for reason in told]
        return {"status": "invalid", "reasons": reasons}
    return dict(verdict)
