"""What a project's choices bear, from the limits in the manifests of its features."""

from collections.abc import Iterable

from apiforge.capacity.assumptions import Bearing
from apiforge.catalog.model import Catalog, Feature

_FIGURES = {
    "replicas": "replicas",
    "workers": "workers",
    "connections": "connections_at_most",
    "writes_per_second": "writes_per_second",
}
"""The figure of a plan that each limit is held against."""


def bearing_of(features: Iterable[Feature], catalog: Catalog) -> Bearing:
    """The lowest limits of these features, and which of them each limit is from."""
    limits: dict[str, int] = {}
    why: dict[str, str] = {}
    advice: dict[str, str] = {}
    for feature in features:
        for name, figure in _FIGURES.items():
            limit: int | None = getattr(feature.limits, name)
            if limit is not None and limit < limits.get(name, limit + 1):
                limits[name] = limit
                why[figure] = f"{feature.axis} {feature.value}"
                advice[figure] = _better(feature, name, catalog)
    return Bearing(**limits, why=why, advice=advice)


def _better(feature: Feature, limit: str, catalog: Catalog) -> str:
    """The values of the same axis that do not have this limit, in words."""
    axis = catalog.axis(feature.axis)
    others = [
        it.value for it in axis.features if getattr(it.limits, limit) is None and it != feature
    ]
    return f"choose {axis.name} {' or '.join(others)}" if others else ""
