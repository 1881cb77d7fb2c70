"""What modules of a generated project want of each other is there, on every database.

Layers put modules of one name into different projects: a name that one of them lacks is seen by no
linter of ours, and by nobody before a project starts.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

import pytest

from apiforge.project.plan import make_plan
from apiforge.project.render import render
from tests.unit.test_sizes import CATALOG, VALUES, every_choice

OWN = ("app", "tests")


def unresolved(modules: Mapping[str, str]) -> list[str]:
    """Names that a module imports, or takes from a module it has imported, and that are nowhere."""
    trees = {_dotted(path): ast.parse(text) for path, text in modules.items()}
    names = {module: set(_defined(tree)) for module, tree in trees.items()}
    known = {*names, *(f"{module}.{name}" for module, found in names.items() for name in found)}
    wanted = ((module, name) for module, tree in trees.items() for name in _wanted(tree, names))
    return sorted({f"{module}: {name}" for module, name in wanted if name not in known})


def _dotted(path: str) -> str:
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _defined(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Import() | ast.ImportFrom():
                yield from (alias.asname or alias.name for alias in node.names)
            case ast.Assign() | ast.AnnAssign():
                yield from (it.id for it in ast.walk(node) if isinstance(it, ast.Name))


def _wanted(tree: ast.Module, modules: Mapping[str, object]) -> Iterator[str]:
    imported: dict[str, str] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or (node.module or "").split(".")[0] not in OWN:
            continue
        for alias in node.names:
            name = f"{node.module}.{alias.name}"
            yield name
            if name in modules:
                imported[alias.asname or alias.name] = name
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in imported:
                yield f"{imported[name]}.{attribute}"


@pytest.mark.parametrize("cache", [*VALUES["cache"], "none"])
@pytest.mark.parametrize("database", VALUES["database"])
def test_every_name_is_there(database: str, cache: str) -> None:
    tree = render(make_plan(every_choice(database, cache), CATALOG))
    modules = {path: file.content.decode() for path, file in tree if path.endswith(".py")}

    assert unresolved(modules) == []


def test_a_missing_name_is_found() -> None:
    modules = {
        "app/__init__.py": "",
        "app/types.py": "from sqlalchemy import Text as Text\nclass Json: ...",
        "app/table.py": "from app import types\nfrom app.away import A\nCOLUMN = types.Jsom()",
    }

    assert unresolved(modules) == ["app.table: app.away.A", "app.table: app.types.Jsom"]
