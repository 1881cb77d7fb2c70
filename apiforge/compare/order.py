"""What a comparison is asked for, completed from the project and checked before it starts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from apiforge import __version__
from apiforge.catalog.model import NONE, Catalog
from apiforge.errors import UsageError
from apiforge.loadtest.targets import Target
from apiforge.project.plan import make_plan
from apiforge.project.specification import (
    DEFAULT_TARGETS,
    FILE_NAME,
    Specification,
    read_specification,
)
from apiforge.runs.order import merge_targets
from apiforge.servers.subject import SCENARIO

DATABASE = "database"
EXAMPLE_NAME = "example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line says; None where it says nothing. `values` are by axis."""

    project: Path | None
    spec: Path | None
    values: Mapping[str, tuple[str, ...]]
    addresses: tuple[str, ...]
    rate: float | None
    duration: float
    rounds: int
    rows: int | None
    targets: tuple[str, ...] = ()
    finds_highest_rate: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One value of the axis; `label` tells two of the same value apart.

    `address` is of a server that runs already; it may hold a password.
    """

    label: str
    value: str
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A comparison that can start. Times in seconds.

    `seed` decides what is asked for; round by round the same of every variant. `scenario` is the
    text of the project's own, None where each variant has the one that is made for it.
    """

    specification: Specification
    scenario: str | None
    axis: str
    variants: tuple[Variant, ...]
    rate: float
    duration: float
    rounds: int
    rows: int
    targets: tuple[Target, ...]
    seed: int
    finds_highest_rate: bool = True

    @property
    def labels(self) -> tuple[str, ...]:
        """Of the variants, in the order in which they were asked for."""
        return tuple(variant.label for variant in self.variants)

    def rotated(self, number: int) -> Sequence[Variant]:
        """The variants in the order of a round, the first being 0: A B C, B C A, C A B, …"""
        shift = number % len(self.variants)
        return (*self.variants[shift:], *self.variants[:shift])

    def fingerprint(self) -> dict[str, Any]:
        """What makes two comparisons the same, without addresses: they may hold passwords."""
        return {
            "name": self.specification.name,
            "axis": self.axis,
            "labels": list(self.labels),
            "rate": self.rate,
            "duration": self.duration,
            "rounds": self.rounds,
            "rows": self.rows,
            "targets": [target.text for target in self.targets],
            "finds_highest_rate": self.finds_highest_rate,
        }


def make_order(wishes: Wishes, catalog: Catalog, *, seed: int) -> Order:
    """The order these wishes make; UsageError for what cannot be."""
    axis, values = _asked_axis(wishes.values, catalog)
    specification, scenario = _subject(wishes, axis)
    required = specification.requirements
    rate = required.peak_rate if wishes.rate is None else wishes.rate
    if rate <= 0:
        raise UsageError(f"--rate {rate:g} is not a rate", hint="it must be above 0, per second")
    variants = _variants(values, _addresses(wishes.addresses, axis))
    order = Order(
        specification=specification,
        scenario=scenario,
        axis=axis,
        variants=variants,
        rate=float(rate),
        duration=wishes.duration,
        rounds=wishes.rounds,
        rows=required.rows if wishes.rows is None else wishes.rows,
        targets=merge_targets(specification.targets or DEFAULT_TARGETS, wishes.targets),
        seed=seed,
        finds_highest_rate=wishes.finds_highest_rate,
    )
    for variant in variants:
        make_plan(specification_of(order, variant), catalog)
    return order


def specification_of(order: Order, variant: Variant) -> Specification:
    """What the variant's project is made from."""
    choices = {**order.specification.choices, order.axis: (variant.value,)}
    return replace(order.specification, choices=choices, apiforge=__version__)


def _asked_axis(asked: Mapping[str, tuple[str, ...]], catalog: Catalog) -> tuple[str, list[str]]:
    given = {axis: values for axis, values in asked.items() if values}
    if len(given) != 1:
        flags = " and ".join(f"--{axis}s" for axis in given)
        problem = f"{flags} cannot be compared at once" if given else "nothing to compare"
        raise UsageError(problem, hint="--databases sqlite,postgresql, or --caches none,redis")
    [(axis, values)] = given.items()
    for value in values:
        catalog.axis(axis).choose((value,))
    if len(values) < 2:
        valid = ",".join(catalog.axis(axis).values)
        raise UsageError(f"--{axis}s {values[0]} is one value", hint=f"name two of {valid}")
    return axis, list(values)


def _subject(wishes: Wishes, axis: str) -> tuple[Specification, str | None]:
    """The specification, and the scenario where the owner may have edited it."""
    if wishes.project is not None and wishes.spec is not None:
        raise UsageError("a project and --spec cannot both be compared", hint="give one of them")
    if wishes.spec is not None:
        return _named(read_specification(wishes.spec)), None
    if wishes.project is not None:
        return _of_project(wishes.project)
    # Nothing would be compared but the cache, as far as it answers.
    choices = {"cache": (NONE,)} if axis == DATABASE else {}
    return _named(Specification(name=EXAMPLE_NAME, apiforge="", choices=choices)), None


def _of_project(folder: Path) -> tuple[Specification, str | None]:
    if not (folder / FILE_NAME).is_file():
        raise UsageError(
            f"no project in {folder}: it has no {FILE_NAME}",
            hint="without a project, apiforge compare takes the example",
        )
    scenario = folder / SCENARIO
    text = scenario.read_text(encoding="utf-8") if scenario.is_file() else None
    return _named(read_specification(folder / FILE_NAME)), text


def _named(specification: Specification) -> Specification:
    return replace(
        specification,
        name=specification.name or EXAMPLE_NAME,
        apiforge=__version__,
        targets=specification.targets or DEFAULT_TARGETS,
    )


def _addresses(texts: Sequence[str], axis: str) -> dict[str, str]:
    if texts and axis != DATABASE:
        raise UsageError("--database-url is for --databases", hint="leave it out")
    found = {}
    for text in texts:
        label, equals, address = text.partition("=")
        if not equals or "://" not in address:
            # Not the text itself: there may be a password in it.
            raise UsageError(
                "--database-url takes a variant and an address",
                hint="--database-url postgresql=postgresql://user:password@host/database",
            )
        found[label] = address
    return found


def _variants(values: Sequence[str], addresses: Mapping[str, str]) -> tuple[Variant, ...]:
    seen: Counter[str] = Counter()
    variants = []
    for value in values:
        seen[value] += 1
        label = value if seen[value] == 1 else f"{value}-{seen[value]}"
        variants.append(Variant(label=label, value=value, address=addresses.get(label)))
    labels = [variant.label for variant in variants]
    for label in addresses:
        if label not in labels:
            hint = f"the variants are: {', '.join(labels)}"
            raise UsageError(f"--database-url: no variant called {label!r}", hint=hint)
    return tuple(variants)
