"""What templates see of a resource: every decision already made."""

from collections.abc import Sequence
from dataclasses import dataclass

from apiforge.project.references import in_order
from apiforge.project.resources import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One resource, as its templates print it."""

    singular: str
    plural: str
    package: str
    """Its folder in the project, with slashes."""
    module: str
    """The same as Python imports it."""
    table: str
    class_name: str
    internal: bool


def views(resources: Sequence[Resource], *, internal: bool = False) -> tuple[View, ...]:
    """What templates see of `resources`, in dependency order. `internal`: a feature's own tables."""
    return tuple(_view(resource, internal=internal) for resource in in_order(resources))


def _view(resource: Resource, *, internal: bool) -> View:
    return View(
        singular=resource.name,
        plural=resource.plural,
        package=resource.folder,
        module=resource.folder.replace("/", "."),
        table=resource.table_name,
        class_name=resource.class_name,
        internal=internal,
    )
