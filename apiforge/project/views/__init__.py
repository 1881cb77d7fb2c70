"""What templates see of a resource: every decision already made, every text ready to print."""

from collections.abc import Sequence
from dataclasses import dataclass

from apiforge.project.references import in_order
from apiforge.project.resources import Resource
from apiforge.project.views.cases import Cases, cases
from apiforge.project.views.columns import Storage, storage
from apiforge.project.views.endpoints import Endpoints, endpoints
from apiforge.project.views.labels import Labels, labels
from apiforge.project.views.schemas import Schemas, schemas
from apiforge.project.views.seeding import Seeding, seeding


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One resource, as its templates print it."""

    singular: str
    plural: str
    package: str
    """Its folder in the project, with slashes; `module` is the same with dots."""
    module: str
    table: str
    fields: tuple[str, ...]
    """The keys of its own fields."""
    internal: bool
    """Whether it is a feature's own table."""
    names: Labels
    endpoints: Endpoints
    schemas: Schemas
    storage: Storage
    seeding: Seeding
    tests: Cases

    @property
    def class_name(self) -> str:
        """What its classes begin with."""
        return self.names.class_name


def views(resources: Sequence[Resource], *, internal: bool = False) -> tuple[View, ...]:
    """What templates see of `resources`, in dependency order; `internal`: a feature's tables."""
    ordered = in_order(resources)
    return tuple(_view(resource, ordered, internal=internal) for resource in ordered)


def _view(resource: Resource, ordered: Sequence[Resource], *, internal: bool) -> View:
    names = labels(resource)
    module = resource.folder.replace("/", ".")
    return View(
        singular=resource.name,
        plural=resource.plural,
        package=resource.folder,
        module=module,
        table=resource.table_name,
        fields=tuple(field.key for field in resource.fields),
        internal=internal,
        names=names,
        endpoints=endpoints(resource, module, names),
        schemas=schemas(resource.fields),
        storage=storage(resource, module, ordered),
        seeding=seeding(resource, module, names, ordered),
        tests=cases(resource, module, ordered),
    )
