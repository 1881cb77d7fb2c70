"""Reads the templates' folders and manifests into a catalogue; refuses what is wrong."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from apiforge.catalog.document import Document
from apiforge.catalog.facts import Facts
from apiforge.catalog.model import (
    Axis,
    Catalog,
    Container,
    Feature,
    InternalTable,
    Limits,
    Service,
)
from apiforge.errors import CatalogError, choose_one_of

KEYS = (
    *("summary", "requires", "conflicts", "layers", "dependencies", "dev-dependencies"),
    *("components", "settings", "next-steps", "writes", "environment", "secrets"),
    *("services", "container", "throwaway", "tables", "login", "limits", "facts", "tool"),
    "untested",
)
LIMIT_KEYS = ("replicas", "workers", "machines", "writes_per_second", "connections")
SERVICE_KEYS = ("image", "ports", "environment", "volumes", "healthcheck", "command")


def load_catalog(roots: Sequence[Path]) -> Catalog:
    """The catalogue of these template folders; the first has the axes and the base."""
    document = Document.read(roots[0] / "axes.toml", error=CatalogError)
    axes = tuple(_axis(name, table, roots) for name, table in _axis_tables(document))
    shared = {
        f"{axis.name}/{folder.name}": _feature(folder, f"{axis.name}/{folder.name}")
        for axis in axes
        for folder in _folders(roots, axis.name)
        if folder.name.startswith("_")
    }
    base = _feature(roots[0] / "base", "base")
    catalog = Catalog(roots=tuple(roots), base=base, axes=axes, shared=shared)
    _check(catalog)
    return catalog


def _axis_tables(document: Document) -> Iterator[tuple[str, Document]]:
    for name in document.values:
        yield name, document.table(name)


def _axis(name: str, table: Document, roots: Sequence[Path]) -> Axis:
    table.allow("question", "default", "fallback", "many", "none")
    default, fallback = table.texts("default"), table.texts("fallback")
    folders = [folder for folder in _folders(roots, name) if not folder.name.startswith("_")]
    # The default is shown first, then its fallback, and `none` last; else only names can decide.
    rank = {name: place for place, name in enumerate((*default, *fallback))}
    folders.sort(key=lambda it: (it.name == "none", rank.get(it.name, len(rank)), it.name))
    axis = Axis(
        name=name,
        question=table.text("question"),
        default=default,
        fallback=fallback,
        many=table.flag("many", False),
        none=table.flag("none", True),
        features=tuple(_feature(folder, f"{name}/{folder.name}") for folder in folders),
    )
    for value in default:
        if value not in axis.values:
            message = f"{table.file}: the default {value!r} of {name} does not exist"
            raise CatalogError(message, hint=choose_one_of(value, axis.values))
    return axis


def _folders(roots: Sequence[Path], axis: str) -> list[Path]:
    found: dict[str, Path] = {}
    for root in roots:
        parent = root / "features" / axis
        for folder in sorted(parent.iterdir()) if parent.is_dir() else ():
            if not folder.is_dir() or folder.name.startswith((".", "__")):
                continue
            if folder.name in found:
                raise CatalogError(
                    f"{axis}/{folder.name} is both {found[folder.name]} and {folder}"
                )
            found[folder.name] = folder
    return list(found.values())


def _feature(folder: Path, name: str) -> Feature:
    document = Document.read(folder / "feature.toml", error=CatalogError)
    document.allow(*KEYS)
    container = document.table("container")
    container.allow("environment", "volumes")
    return Feature(
        name=name,
        folder=folder,
        summary=document.text("summary"),
        requires=document.texts("requires"),
        conflicts=document.texts("conflicts"),
        layers=document.texts("layers"),
        dependencies=document.texts("dependencies"),
        dev_dependencies=document.texts("dev-dependencies"),
        components=document.texts("components"),
        settings=document.text("settings", ""),
        next_steps=document.texts("next-steps"),
        writes=document.texts("writes"),
        environment=_environment(document),
        secrets=document.strings("secrets"),
        services=tuple(_service(*item) for item in document.tables("services").items()),
        container=Container(
            environment=container.strings("environment"), volumes=container.texts("volumes")
        ),
        throwaway=document.strings("throwaway"),
        tables=tuple(_table(*item) for item in document.tables("tables").items()),
        login=document.table("login").values if "login" in document.values else None,
        limits=_limits(document.table("limits")),
        facts=Facts.of(document.table("facts")) if "facts" in document.values else None,
        tool=document.table("tool").values,
        untested=document.text("untested", ""),
    )


def _environment(document: Document) -> Mapping[str, str]:
    environment = document.strings("environment")
    for name, value in environment.items():
        if not value:
            message = f"{document.file}: {name} in [environment] is empty"
            raise CatalogError(message, hint="an empty value marks a secret: move it to [secrets]")
    return environment


def _limits(table: Document) -> Limits:
    table.allow(*LIMIT_KEYS)
    limits = {}
    for key in table.values:
        limit = table.number(key, 1)
        if not isinstance(limit, int) or limit < 1:
            raise table.wrong(key, "a whole number, at least 1")
        limits[key] = limit
    return Limits(**limits)


def _service(name: str, table: Document) -> Service:
    table.allow(*SERVICE_KEYS)
    return Service(
        name=name,
        image=table.text("image"),
        ports=table.texts("ports"),
        environment=table.strings("environment"),
        volumes=table.texts("volumes"),
        healthcheck=table.table("healthcheck").values,
        command=table.texts("command"),
    )


def _table(name: str, table: Document) -> InternalTable:
    table.allow("package", "table", "fields")
    return InternalTable(
        name=name,
        package=table.text("package"),
        table=table.text("table"),
        fields=table.strings("fields"),
    )


def _check(catalog: Catalog) -> None:
    """Refuse a name of an axis or a layer that does not exist.

    The values in `requires` and `conflicts` are not checked: whoever deletes a value's folder
    must not have to touch another.
    """
    axes = [axis.name for axis in catalog.axes]
    features = [feature for axis in catalog.axes for feature in axis.features]
    for feature in (catalog.base, *catalog.shared.values(), *features):
        for claim in (*feature.requires, *feature.conflicts):
            _check_name(feature, "axis", claim.partition("/")[0], axes)
        for layer in feature.layers:
            _check_name(feature, "layer", layer, catalog.shared)


def _check_name(feature: Feature, kind: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        hint = choose_one_of(name, known)
        raise CatalogError(f"{feature.manifest}: no {kind} called {name!r}", hint=hint)
