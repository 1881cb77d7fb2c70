"""A project beside another state of it, in rounds: a commit, or another project's folder.

Both sides are real projects, started afresh for each of their runs on a throw-away database of the
same rows, and sent the same scenario. Rounds are interleaved and turned (A B, B A, …), so that what
the machine does meanwhile falls on both. The unit is the round: see `statistics`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median, median_low
from typing import Any

from apiforge.catalog.load import load_catalog
from apiforge.compare.baseline import MEASURES, conclude, row, section, whole
from apiforge.compare.checkout import checked_out
from apiforge.compare.comparability import Document, unsound
from apiforge.compare.statistics import FEWEST_ROUNDS, SMALLEST, find_differences
from apiforge.paths import templates
from apiforge.runs.order import Order
from apiforge.servers.subject import MANIFEST, chosen_features, open_subject

ROUNDS = FEWEST_ROUNDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What is tested: `key` is `a` for the project itself and `b` for what it is compared with."""

    key: str
    label: str
    order: Order


Sides = tuple[Side, Side]
Run = Callable[[Side, int], dict[str, Any]]
Pair = Mapping[str, Document]
"""The results of one round, by the key of their side."""


@contextmanager
def open_sides(order: Order, against: str) -> Iterator[Sides]:
    """The project and what it is compared with, which is checked out while the context lasts.

    UsageError where that is neither a project nor a commit of this one.
    """
    here = Side(key="a", label=order.name, order=order)
    if (Path(against) / MANIFEST).is_file():
        yield here, _other(order, Path(against), against)
        return
    with checked_out(order.project.folder, against) as (folder, commit):
        yield here, _other(order, folder, commit)


def _other(order: Order, folder: Path, label: str) -> Side:
    """The same order for another project: what is asked of it stays that of the first."""
    subject = open_subject(folder)
    features = tuple(chosen_features(subject, load_catalog([templates()])))
    return Side(key="b", label=label, order=replace(order, subject=subject, features=features))


def run_rounds(sides: Sides, rounds: int, run: Run) -> list[Pair]:
    """Every round's two results; `run` makes one. Ends with the round that is interrupted."""
    found: list[Pair] = []
    for number in range(rounds):
        results: dict[str, Document] = {}
        for side in sides if number % 2 == 0 else sides[::-1]:
            results[side.key] = run(side, number + 1)
            if results[side.key]["run"].get("interrupted"):
                return [*found, results]
        found.append(results)
    return found


def make_result(pairs: Sequence[Pair], sides: Sides) -> dict[str, Any]:
    """One result for all rounds: that of the project's median run by p95, beside it what all rounds
    show. Rounds with an invalid run count for nothing, which is said."""
    whole_rounds = [pair for pair in pairs if len(pair) == 2]
    sound = [pair for pair in whole_rounds if not _unsound(pair, sides)]
    if not sound:
        shown = next(iter(pairs[-1].values()))
        reasons = ["no round has two sound runs", *_unsound(pairs[-1], sides)]
        return {**shown, "baseline": _named(shown, "not comparable", reasons, [], sides)}
    middle = _median_round(sound)
    rows = _rows(sound, sides)
    answer, reasons = conclude(rows)
    if len(sound) < FEWEST_ROUNDS:
        answer, reasons = "too few rounds", [f"{len(sound)} of {FEWEST_ROUNDS} that are needed"]
    left_out = len(pairs) - len(sound)
    if left_out:
        reasons.append(f"{left_out} of {len(pairs)} rounds are left out: a run was not sound")
    found = _named(middle["b"], answer, reasons, rows, sides)
    shown = {**middle["a"], "run": {**middle["a"]["run"], "interrupted": _is_interrupted(pairs)}}
    return {**shown, "baseline": {**found, "rounds": [_round(pair) for pair in sound]}}


def _rows(sound: Sequence[Pair], sides: Sides) -> list[dict[str, Any]]:
    """A row a measure, tested over the rounds; rounds need no allowance for a single run."""
    rounds = [
        (
            measure.metric,
            {side.key: [whole(pair[side.key], measure) for pair in sound] for side in sides},
        )
        for measure in MEASURES
    ]
    differences = find_differences(rounds, smallest=0.0)
    return [
        row(
            replace(measure, smallest=min(SMALLEST, measure.smallest), resolution=0.0),
            difference,
            observed=_median(values["a"]),
            before=_median(values["b"]),
            too_few="too few rounds",
        )
        for measure, difference, (_, values) in zip(MEASURES, differences, rounds, strict=True)
    ]


def _round(pair: Pair) -> dict[str, dict[str, float | None]]:
    """What one round measured on both sides."""
    return {
        name: {measure.metric.name: whole(pair[key], measure) for measure in MEASURES}
        for name, key in (("observed", "a"), ("baseline", "b"))
    }


def _named(
    other: Document, answer: str, reasons: list[str], rows: list[dict[str, Any]], sides: Sides
) -> dict[str, Any]:
    return {**section(other, answer, reasons=reasons, metrics=rows), "run": sides[1].label}


def _unsound(pair: Pair, sides: Sides) -> list[str]:
    """Why a round does not count."""
    return [
        reason
        for side in sides
        if side.key in pair
        for reason in unsound(pair[side.key], f"a run of {side.label}")
    ]


def _is_interrupted(pairs: Sequence[Pair]) -> bool:
    return any(document["run"].get("interrupted") for pair in pairs for document in pair.values())


def _median_round(pairs: Sequence[Pair]) -> Pair:
    """The one whose project had the median p95; without one, the first."""
    times = [pair["a"]["summary"]["latency_ms"]["p95"] or 0.0 for pair in pairs]
    return pairs[times.index(median_low(times))]


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(median(known), 4) if known else None
