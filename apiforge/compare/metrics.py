"""What is compared: one number for each round, from what was measured in it."""

from collections.abc import Callable, Mapping, Sequence

from apiforge.compare.ladder import STRIDE, rate_of
from apiforge.compare.statistics import (
    Difference,
    Metric,
    Rounds,
    find_differences,
    find_intervals,
)
from apiforge.compare.visit import Load, Visit

Value = Callable[[Visit], float | None]


def _percentile(percent: float) -> Value:
    return lambda visit: visit.whole.times.percentile(percent)


def _max_rate(visit: Visit) -> float | None:
    return None if visit.ceiling is None else visit.ceiling.rate


def _cpu(load: Load | None) -> float | None:
    return None if load is None else load.cpu


def _memory(load: Load | None) -> float | None:
    return None if load is None else load.memory_bytes


PRIMARY: Mapping[Metric, Value] = {
    Metric(name="p95"): _percentile(95),
    # The rate that did not hold is so much above the one that did, at most.
    Metric(name="max_rate", more_is_better=True, step=rate_of(STRIDE) - 1): _max_rate,
}
EXPLORATORY: Mapping[Metric, Value] = {
    Metric(name="p50"): _percentile(50),
    Metric(name="p99"): _percentile(99),
    Metric(name="api_cpu"): lambda visit: _cpu(visit.api),
    Metric(name="server_cpu"): lambda visit: _cpu(visit.server),
    Metric(name="api_memory"): lambda visit: _memory(visit.api),
    Metric(name="server_memory"): lambda visit: _memory(visit.server),
    Metric(name="disk"): lambda visit: visit.disk_bytes,
}


def judge_rounds(visits: Mapping[str, Sequence[Visit]], *, smallest: float) -> list[Difference]:
    """The differences of all pairs of variants in the primary metrics, with their verdicts."""
    columns = [(metric, _column(visits, value)) for metric, value in PRIMARY.items()]
    return find_differences(columns, smallest=smallest)


def explore_rounds(visits: Mapping[str, Sequence[Visit]]) -> list[Difference]:
    """Ratios and intervals in all other metrics, as far as they were measured."""
    columns = [(metric, _column(visits, value)) for metric, value in EXPLORATORY.items()]
    return [one for one in find_intervals(columns) if one.ratio is not None]


def _column(visits: Mapping[str, Sequence[Visit]], value: Value) -> Rounds:
    """The value of each round, by variant; None of those that say nothing."""
    numbers = {visit.round for its in visits.values() for visit in its}
    found = {
        label: {visit.round: value(visit) for visit in its if visit.is_valid}
        for label, its in visits.items()
    }
    return {label: [its.get(number) for number in sorted(numbers)] for label, its in found.items()}
