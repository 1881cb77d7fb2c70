"""What the references between resources allow: targets that exist, an order to make rows in."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from apiforge.errors import UsageError, choose_one_of

if TYPE_CHECKING:
    from apiforge.project.resources import Resource


def check_references(resources: Sequence["Resource"]) -> None:
    """Fail where a reference points to nothing, or required ones form a circle."""
    singular = {resource.plural: resource.name for resource in resources}
    names = [resource.name for resource in resources]
    for resource in resources:
        for field in resource.references:
            target = field.type.target or ""
            if target not in names:
                raise UsageError(
                    f"resource {resource.name!r}: field {field.name!r} refers to {target!r}, "
                    "which is no resource",
                    hint=choose_one_of(singular.get(target, target), names),
                )
    in_order(resources)


def in_order(resources: Sequence["Resource"]) -> tuple["Resource", ...]:
    """Every resource after those its rows need; what only optional references ask for, if it can.

    Otherwise the order they were given in. Raises UsageError where required references form a
    circle: no first row could ever be made.
    """
    needed = {resource.name: _targets(resource, required_only=True) for resource in resources}
    wished = {
        resource.name: needed[resource.name]
        | (_targets(resource, required_only=False) - {resource.name})
        for resource in resources
    }
    waiting = {resource.name: resource for resource in resources}
    ordered: list[Resource] = []
    while waiting:
        name = _first_ready(waiting, wished) or _first_ready(waiting, needed)
        if name is None:
            raise _circle(needed, waiting)
        ordered.append(waiting.pop(name))
    return tuple(ordered)


def _targets(resource: "Resource", *, required_only: bool) -> set[str]:
    return {
        field.type.target or ""
        for field in resource.references
        if not (required_only and field.optional)
    }


def _first_ready(waiting: Mapping[str, "Resource"], targets: Mapping[str, set[str]]) -> str | None:
    return next((name for name in waiting if targets[name].isdisjoint(waiting)), None)


def _circle(needed: Mapping[str, set[str]], waiting: Mapping[str, "Resource"]) -> UsageError:
    path = [next(iter(waiting))]
    while path[-1] not in path[:-1]:
        path.append(min(needed[path[-1]] & waiting.keys()))
    path = path[path.index(path[-1]) :]
    first = waiting[path[0]]
    field = next(
        field for field in first.references if field.type.target == path[1] and not field.optional
    )
    return UsageError(
        f"resource {first.name!r}: field {field.name!r} closes a circle of required references: "
        f"{' → '.join(path)}",
        hint=f"make one of them optional, such as {field.name}:{field.type.text}?",
    )
