"""Joins what several features contribute; a contradiction is an error naming both."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from apiforge.catalog.model import Feature
from apiforge.errors import CatalogError

T = TypeVar("T")


def union(
    features: Iterable[Feature], contributed: Callable[[Feature], Mapping[str, T]], *, what: str
) -> dict[str, T]:
    """Each name once, in the order in which features brought it."""
    joined: dict[str, T] = {}
    origins: dict[str, Feature] = {}
    for feature in features:
        for name, thing in contributed(feature).items():
            if name in joined and joined[name] != thing:
                one, other = origins[name].manifest, feature.manifest
                raise CatalogError(
                    f"{what} {name} is given twice and differs: in {one} and {other}"
                )
            joined.setdefault(name, thing)
            origins.setdefault(name, feature)
    return joined
