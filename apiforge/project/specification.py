"""What a project is to be, as in apiforge.toml: choices, resources, requirements, targets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from apiforge.catalog.document import Document
from apiforge.catalog.model import Catalog
from apiforge.errors import UsageError
from apiforge.project import requirements, resources
from apiforge.project.requirements import Requirements
from apiforge.project.resources import Resource

FILE_NAME = "apiforge.toml"
DEFAULT_TARGETS = ("p95<200ms", "p99<500ms", "errors<0.1%", "delivered>=99%")


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """Everything a project is made from. `settled` fills in what nobody chose."""

    name: str
    apiforge: str
    """The version that made, or makes, the project."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    resources: tuple[Resource, ...] = ()
    requirements: Requirements = field(default_factory=Requirements)
    targets: tuple[str, ...] = DEFAULT_TARGETS

    def settled(self, catalog: Catalog) -> "Specification":
        """The same with a value for every axis and at least the example's resources."""
        _check_name(self.name)
        chosen = self.resources or resources.example()
        return replace(self, choices=catalog.choose(self.choices), resources=chosen)


def read_specification(file: Path) -> Specification:
    """What an apiforge.toml says; its choices are not yet compared with the catalogue."""
    document = Document.read(file, error=UsageError)
    document.allow("project", "choices", "resources", "requirements", "loadtest")
    project = document.table("project")
    project.allow("name", "apiforge")
    loadtest = document.table("loadtest")
    loadtest.allow("targets")
    return Specification(
        name=project.text("name", ""),
        apiforge=project.text("apiforge", ""),
        choices=_choices(document.table("choices")),
        resources=_resources(document),
        requirements=Requirements.of(document.table("requirements")),
        targets=loadtest.texts("targets") if "targets" in loadtest.values else DEFAULT_TARGETS,
    )


def _choices(table: Document) -> dict[str, tuple[str, ...]]:
    choices = {}
    for axis, stated in table.values.items():
        choices[axis] = (stated,) if isinstance(stated, str) else table.texts(axis)
    return choices


def _resources(document: Document) -> tuple[Resource, ...]:
    found = []
    for name in document.table("resources").values:
        try:
            found.append(resources.parse_table(name, document.table("resources").strings(name)))
        except UsageError as error:
            if error.message.startswith(document.file):
                raise
            raise UsageError(f"{document.file}: {error.message}", hint=error.hint) from error
    return tuple(found)


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,62}", name):
        hint = "use letters, digits, - and _, starting with a letter, at most 63"
        raise UsageError(f"{name!r} cannot be the name of a project", hint=hint)


def with_flags(
    specification: Specification,
    *,
    choices: Mapping[str, tuple[str, ...]],
    texts: tuple[str, ...],
    **stated: float | str | None,
) -> Specification:
    """The specification with what a command line says instead.

    `texts` are resources in the grammar of `--resource`: they replace those of the same name, and
    join the others. `stated` are requirements; `None` says nothing of one.
    """
    given = [resources.parse_resource(text) for text in texts]
    names = {resource.name for resource in given}
    kept = [resource for resource in specification.resources if resource.name not in names]
    return replace(
        specification,
        choices={**specification.choices, **choices},
        resources=(*kept, *given),
        requirements=requirements.with_flags(specification.requirements, stated=stated),
    )
