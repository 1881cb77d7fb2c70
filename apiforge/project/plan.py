"""From a specification and the catalogue to a plan: which folders and tables a project is of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from apiforge.catalog.model import Axis, Catalog, Feature
from apiforge.errors import CatalogError, UsageError
from apiforge.project import resources
from apiforge.project.resources import Resource
from apiforge.project.specification import Specification


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A folder whose files go into the project, and the name errors call it by."""

    name: str
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that is needed to make the files of a project; nothing is left to decide."""

    specification: Specification
    roots: tuple[Path, ...]
    axes: tuple[Axis, ...]
    features: tuple[Feature, ...]
    """What was chosen and what it needs, in the order in which it is applied."""
    layers: tuple[Layer, ...]
    tables: tuple[Resource, ...]
    """The features' own tables."""


def make_plan(specification: Specification, catalog: Catalog) -> Plan:
    """The plan for a specification, or a `UsageError` saying what cannot be."""
    settled = specification.settled(catalog)
    features = tuple(catalog.features(settled.choices))
    for feature in features:
        _check_constraints(feature, settled.choices)
    tables = tuple(table for feature in features for table in _tables(feature))
    resources.check((*settled.resources, *tables))
    return Plan(
        specification=settled,
        roots=catalog.roots,
        axes=catalog.axes,
        features=features,
        layers=tuple(layer for it in features for layer in _layers(it, catalog, settled.choices)),
        tables=tables,
    )


def _check_constraints(feature: Feature, choices: Mapping[str, tuple[str, ...]]) -> None:
    for claim in feature.requires:
        if not _holds(claim, choices):
            hint = f"add --{claim.replace('/', ' ')}, or leave out {feature.name}"
            raise UsageError(f"{feature.name} needs {claim}", hint=hint)
    for claim in feature.conflicts:
        if _holds(claim, choices):
            axis = claim.partition("/")[0]
            hint = f"choose another {axis}, or leave out {feature.name}"
            raise UsageError(f"{feature.name} does not go with {claim}", hint=hint)


def _holds(claim: str, choices: Mapping[str, tuple[str, ...]]) -> bool:
    axis, _, value = claim.partition("/")
    return value in choices[axis] if value else choices[axis] != ("none",)


def _tables(feature: Feature) -> Iterator[Resource]:
    for table in feature.tables:
        try:
            yield resources.parse_table(
                table.name, table.fields, table=table.table, package=table.package
            )
        except UsageError as error:
            raise CatalogError(f"{feature.manifest}: {error.message}", hint=error.hint) from error


def _layers(
    feature: Feature, catalog: Catalog, choices: Mapping[str, tuple[str, ...]]
) -> Iterator[Layer]:
    """Its `files`, then each `files+<axis>-<value>` whose values are all chosen."""
    for folder in sorted(feature.folder.glob("files*")):
        _, *conditions = folder.name.split("+")
        chosen = []
        for condition in conditions:
            axis, _, value = condition.partition("-")
            if axis not in choices:
                raise CatalogError(f"{folder}: no axis called {axis!r}")
            chosen.append(value in choices[axis])
        if all(chosen):
            yield Layer(name="+".join((feature.name, *conditions)), folder=folder)
