"""Few combinations of choices that together hold every pair of values."""

from itertools import combinations, product

from apiforge.catalog.model import Axis, Catalog

Combination = dict[str, str]


def covering_combinations(catalog: Catalog) -> list[Combination]:
    """Greedy: each combination takes as many pairs not yet seen as any does."""
    axes = {axis.name: _runnable(axis) for axis in catalog.axes}
    everything = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
    missing = set().union(*map(pairs, everything))
    chosen: list[Combination] = []
    while missing:
        best = max(everything, key=lambda one: len(pairs(one) & missing))
        missing -= pairs(best)
        chosen.append(best)
    return chosen


def _runnable(axis: Axis) -> list[str]:
    """The values that can be run here at all."""
    return [value for value in axis.values if not axis.untested(value)]


def pairs(combination: Combination) -> set[tuple[tuple[str, str], ...]]:
    """Every two values of a combination, as ((axis, value), (axis, value))."""
    return set(combinations(sorted(combination.items()), 2))


def flags(combination: Combination) -> list[str]:
    """The combination as flags of `apiforge new`."""
    return [word for axis, value in combination.items() for word in (f"--{axis}", value)]
