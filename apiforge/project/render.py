"""From a plan to a tree: layers copied, templates filled in, and the writers' files."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import jinja2

from apiforge.errors import CatalogError, choose_one_of
from apiforge.project import views
from apiforge.project.naming import project_of
from apiforge.project.plan import Plan
from apiforge.project.tree import File, Tree
from apiforge.project.writers import WRITERS

TEMPLATE = ".j2"
_LITTER = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".DS_Store"}


def render(plan: Plan) -> Tree:
    """Every file of the project but its secrets. Equal plans give equal trees."""
    tree = Tree()
    templates = _Templates(plan.roots)
    public = views.views(plan.specification.resources)
    internal = views.views(plan.tables, internal=True)
    context = {"project": project_of(plan.specification), "resources": public, "tables": internal}
    for layer in plan.layers:
        for path, file in _files(layer.folder):
            _add(tree, templates, path, file, layer.name, context)
    for folder, name, seen in _resource_layers(plan, public, internal):
        for path, file in _files(folder):
            for view in seen:
                place = _placed(path, view)
                _add(tree, templates, place, file, name, {**context, "resource": view})
    for name in _writers(plan):
        for path, text in WRITERS[name](plan).items():
            tree.add(path, File(content=text.encode(), source=f"the writer of {name}"))
    return tree


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder)
        if file.is_file() and not _LITTER.intersection(path.parts) and file.suffix != ".pyc":
            yield path.as_posix(), file


def _resource_layers(
    plan: Plan, public: Iterable[views.View], internal: Iterable[views.View]
) -> Iterator[tuple[Path, str, tuple[views.View, ...]]]:
    """The folders of what one resource becomes, and for which resources each is filled in."""
    yield plan.roots[0] / "resource", "resource", tuple(public)
    for feature in plan.features:
        yield feature.folder / "resource", f"{feature.name} resource", (*public, *internal)


def _placed(path: str, view: views.View) -> str:
    for name in ("plural", "singular", "package"):
        path = path.replace(f"__{name}__", getattr(view, name))
    return path


def _add(
    tree: Tree,
    templates: "_Templates",
    path: str,
    file: Path,
    source: str,
    context: Mapping[str, object],
) -> None:
    if path.endswith(TEMPLATE):
        path = path.removesuffix(TEMPLATE)
        content = templates.render(file, context).encode()
    else:
        content = file.read_bytes()
    executable = bool(file.stat().st_mode & 0o100)
    tree.add(path, File(content=content, executable=executable, source=source))


def _writers(plan: Plan) -> list[str]:
    names: dict[str, None] = {}
    for feature in plan.features:
        for name in feature.writes:
            if name not in WRITERS:
                hint = choose_one_of(name, WRITERS)
                raise CatalogError(f"{feature.manifest}: no writer called {name!r}", hint=hint)
            names[name] = None
    return list(names)


class _Templates:
    """Compiles each template once."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self._roots = roots
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(roots),
            undefined=jinja2.StrictUndefined,
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, file: Path, context: Mapping[str, object]) -> str:
        """The template's text; its name in errors is its path under the templates."""
        root = next(root for root in self._roots if file.is_relative_to(root))
        try:
            template = self._environment.get_template(file.relative_to(root).as_posix())
            return template.render(context)
        except jinja2.TemplateError as error:
            line = getattr(error, "lineno", None)
            where = f"{file}:{line}" if line else str(file)
            raise CatalogError(f"{where}: {error.message}") from error
