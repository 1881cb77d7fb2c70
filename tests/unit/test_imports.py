"""Imports go one way (architecture, section 2), and start-up stays light.

A circle between packages makes each of them need all the others to be read or tested; an import of
the command line's libraries in the pure part makes it slow to start and impossible to use from
elsewhere.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import apiforge

PACKAGE = Path(apiforge.__file__).parent
FOUNDATION = {"errors", "paths", "__init__"}
CATALOG = FOUNDATION | {"catalog"}
MAY_IMPORT = {
    "__init__": set[str](),
    "errors": set[str](),
    "paths": set[str](),
    "catalog": CATALOG,
    "project": CATALOG | {"project"},
    "openapi": FOUNDATION | {"openapi"},
    "loadtest": FOUNDATION | {"loadtest"},
    "servers": CATALOG | {"project", "servers"},
    "runs": CATALOG | {"project", "openapi", "servers", "loadtest", "runs"},
    "capacity": CATALOG | {"project", "capacity"},
    "compare": CATALOG | {"project", "servers", "loadtest", "runs", "compare"},
    "cli": CATALOG | {"project", "servers", "loadtest", "runs", "capacity", "compare", "cli"},
    "__main__": {"__init__", "cli"},
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_data" not in path.parts)
PURE = [
    path
    for path in MODULES
    if path.relative_to(PACKAGE).parts[0] in {"project", "openapi", "loadtest"}
]
HEAVY = (
    *("fastapi", "gevent", "httpx", "jinja2", "locust"),
    *("numpy", "pydantic", "rich", "scipy", "tomllib"),
)


def named(paths: list[Path]) -> list[object]:
    return [pytest.param(path, id=path.relative_to(PACKAGE).as_posix()) for path in paths]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the direction"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of(name: str) -> str:
    """The part of apiforge that a dotted name belongs to: `apiforge.__version__` is the root's."""
    second = name.split(".")[1] if "." in name else "__init__"
    return second if second in MAY_IMPORT else "__init__"


@pytest.mark.parametrize("path", named(MODULES))
def test_imports_go_one_way(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")

    parts = {part_of(name) for name in imported(path) if name.split(".")[0] == "apiforge"}

    assert parts <= MAY_IMPORT[own]


@pytest.mark.parametrize("path", named(PURE))
def test_the_pure_part_knows_no_command_line(path: Path) -> None:
    roots = {name.split(".")[0] for name in imported(path)}

    assert roots.isdisjoint({"typer", "rich", "click", "locust"})


@pytest.mark.parametrize("path", named(MODULES))
def test_click_is_never_imported(path: Path) -> None:
    assert "click" not in {name.split(".")[0] for name in imported(path)}


def loaded_by(code: str) -> set[str]:
    program = f"import sys\n{code}\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


def test_help_loads_nothing_heavy() -> None:
    loaded = loaded_by("from apiforge.cli.main import run; run(['--help'])")

    assert loaded.isdisjoint(HEAVY)


def test_the_version_loads_no_command() -> None:
    loaded = loaded_by(
        "sys.argv = ['apiforge', '--version']; from apiforge.__main__ import main; main()"
    )

    assert "typer" not in loaded
    assert "apiforge.cli" not in loaded


def test_a_new_project_needs_no_load_generator() -> None:
    loaded = loaded_by(
        "from apiforge.cli.main import run; run(['new', 'shop', '--directory', '/dev/null/x'])"
    )

    assert loaded.isdisjoint({"fastapi", "gevent", "httpx", "locust", "numpy"})
