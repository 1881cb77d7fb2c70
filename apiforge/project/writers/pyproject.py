"""pyproject.toml: what the project depends on, and how its tools are set up."""

import re
from collections.abc import Iterable, Mapping

from apiforge.catalog.model import Feature
from apiforge.errors import CatalogError
from apiforge.project import toml
from apiforge.project.naming import project_of
from apiforge.project.plan import Plan
from apiforge.project.writers.union import union

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRAS = re.compile(r"\[([^\]]*)\]")
_TOOL: Mapping[str, object] = {
    "uv": {"package": False},
    "ruff": {
        "line-length": 100,
        "target-version": "py311",
        "lint": {
            "select": ["E", "F", "I", "B", "UP", "SIM", "RUF"],
            # Letters that look like others are right in an owner's own texts.
            "ignore": ["RUF001", "RUF002", "RUF003"],
            "isort": {"known-first-party": ["app", "loadtests", "tests"]},
        },
    },
    "mypy": {"strict": True, "python_version": "3.11", "files": ["app"]},
    "pytest": {
        "ini_options": {
            "testpaths": ["tests"],
            "addopts": "-ra --strict-markers --strict-config",
        }
    },
    "coverage": {
        "run": {"branch": True, "source": ["app"]},
        "report": {"show_missing": True, "skip_covered": True, "fail_under": 90},
    },
}


def write(plan: Plan) -> dict[str, str]:
    """The one file."""
    project = project_of(plan.specification)
    document = {
        "project": {
            "name": project.slug,
            "version": "0.1.0",
            "description": f"The {project.title} API",
            "requires-python": ">=3.11",
            "dependencies": requirements(plan.features, dev=False),
        },
        "dependency-groups": {"dev": requirements(plan.features, dev=True)},
        "tool": tool_tables(plan.features),
    }
    return {"pyproject.toml": toml.document(document)}


def requirements(features: tuple[Feature, ...], *, dev: bool) -> list[str]:
    """Each package once, sorted, with the extras of all; two constraints for one are an error."""

    def stated(feature: Feature) -> tuple[str, ...]:
        return feature.dev_dependencies if dev else feature.dependencies

    constraints = union(
        features,
        lambda feature: {package_of(it): _EXTRAS.sub("", it) for it in stated(feature)},
        what="the dependency",
    )
    extras: dict[str, set[str]] = {package: set() for package in constraints}
    for requirement in (it for feature in features for it in stated(feature)):
        for listed in _EXTRAS.findall(requirement):
            extras[package_of(requirement)].update(re.split(r"\s*,\s*", listed.strip()))
    return [_with(constraints[package], extras[package]) for package in sorted(constraints)]


def _with(requirement: str, extras: set[str]) -> str:
    name = _NAME.match(requirement)
    if not extras or name is None:
        return requirement
    return f"{name[0]}[{','.join(sorted(extras))}]{requirement[name.end() :]}"


def package_of(requirement: str) -> str:
    """The normalised name of the package that a requirement or a pin is for."""
    name = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", name[0] if name else requirement).lower()


def tool_tables(features: Iterable[Feature]) -> dict[str, object]:
    """Our own configuration of the tools, with what the features add to it."""
    tables: Mapping[str, object] = _TOOL
    for feature in features:
        tables = _merged(tables, feature.tool, where=f"{feature.manifest}: tool")
    return dict(tables)


def _merged(
    ours: Mapping[str, object], theirs: Mapping[str, object], *, where: str
) -> dict[str, object]:
    merged = dict(ours)
    for key, value in theirs.items():
        there = merged.get(key, value)
        if isinstance(there, Mapping) and isinstance(value, Mapping):
            merged[key] = _merged(there, value, where=f"{where}.{key}")
        elif isinstance(there, list) and isinstance(value, list):
            merged[key] = [*there, *(item for item in value if item not in there)]
        elif there == value:
            merged[key] = value
        else:
            raise CatalogError(f"{where}.{key} is {value!r}, and {there!r} elsewhere")
    return merged
