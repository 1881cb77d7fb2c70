"""What the modules between HTTP and the repository import, and the constants of endpoints."""

from dataclasses import dataclass

from apiforge.project.resources import Resource
from apiforge.project.views.imports import statements
from apiforge.project.views.labels import Labels
from apiforge.project.views.layout import Group, Text, assignment, call


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """The texts of `endpoints.py` and `service.py`."""

    imports: str
    service_imports: str
    path: str
    """The assignments of PATH, READ, WRITE and router."""
    read: str
    write: str
    router: str


def endpoints(resource: Resource, module: str, names: Labels) -> Endpoints:
    """The texts for `resource` in the package `module`."""
    create, page, patch, read = (
        f"{names.class_name}{suffix}" for suffix in ("Create", "Page", "Patch", "Read")
    )
    tags = Group("tags=[", [Text(resource.plural)], "]")
    return Endpoints(
        imports=statements(
            {module: ["service"], f"{module}.schemas": ["LISTING", create, page, patch, read]}
        ),
        service_imports=statements(
            {
                f"{module}.repository": ["ROWS"],
                f"{module}.schemas": ["LISTING", create, patch],
                "app.schema": ["Row", "changes", "values"],
            }
        ),
        path=assignment("PATH", Text(f"/api/v1/{resource.plural}")),
        read=_required("READ", f"{resource.plural}:read"),
        write=_required("WRITE", f"{resource.plural}:write"),
        router=assignment("router", call("APIRouter", "prefix=PATH", tags, _ROUTE)),
    )


_ROUTE = "route_class=StrictRoute"


def _required(target: str, scope: str) -> str:
    return assignment(target, Group("[", [call("requires", Text(scope))], "]"))
