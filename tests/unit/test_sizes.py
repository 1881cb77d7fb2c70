"""Modules and functions stay small enough to be read in one go: ours, and those we generate.

They grow whenever nobody looks; one that needs more room has a second subject.
"""

import ast
from collections.abc import Iterable, Iterator
from itertools import cycle
from pathlib import Path

import pytest

from apiforge import paths
from apiforge.catalog.load import load_catalog
from apiforge.project.plan import make_plan
from apiforge.project.render import render
from apiforge.project.resources import parse_resource
from apiforge.project.specification import Specification

MODULE, FUNCTION = 250, 40
"""Lines, at most."""
ROOT = Path(__file__).parents[2]
OURS = ("apiforge", "loadtests", "tools", "benchmarks", "tests")
CATALOG = load_catalog([paths.templates()])
VALUES = {axis.name: [value for value in axis.values if value != "none"] for axis in CATALOG.axes}
RESOURCES = (
    "category: name:string(120)! parent:ref(category)?",
    "product: name:string(120)# sku:string(32)! price:decimal(10,2) stock:integer=0 note:text? "
    "total:bigint? size:float? is_on:boolean=true released:date? at:datetime?# tags:json? "
    "mail:email? site:url? state:enum(new|used)=new serial:uuid? category:ref(category)",
)


def too_long(modules: Iterable[tuple[str, str]]) -> list[str]:
    """What is over a limit, of modules by name and text."""
    return [said for name, text in modules for said in _too_long_in(name, text)]


def _too_long_in(name: str, text: str) -> Iterator[str]:
    if (lines := len(text.splitlines())) > MODULE:
        yield f"{name}: {lines} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION:
                yield f"{name}: {node.name} has {lines} lines"


@pytest.mark.parametrize("folder", OURS)
def test_ours_are_short(folder: str) -> None:
    found = sorted((ROOT / folder).rglob("*.py"))

    assert found
    assert too_long((str(path.relative_to(ROOT)), path.read_text()) for path in found) == []


def every_choice(database: str, cache: str) -> Specification:
    """All values of the axes that may have several."""
    several = {axis.name: tuple(VALUES[axis.name]) for axis in CATALOG.axes if axis.many}
    return Specification(
        name="shop",
        apiforge="1.2.3",
        choices={**several, "database": (database,), "cache": (cache,)},
        resources=tuple(map(parse_resource, RESOURCES)),
    )


@pytest.mark.parametrize(
    ("database", "cache"), [*zip(VALUES["database"], cycle(VALUES["cache"]), strict=False)]
)
def test_generated_ones_are_short(database: str, cache: str) -> None:
    tree = dict(render(make_plan(every_choice(database, cache), CATALOG)))
    modules = {path: file.content.decode() for path, file in tree.items() if path.endswith(".py")}

    assert "app/main.py" in modules
    assert too_long(modules.items()) == []


def test_a_long_one_is_found() -> None:
    body = "    pass\n" * FUNCTION
    text = f"def f() -> None:\n{body}" + "\n" * MODULE

    assert too_long([("x.py", text)]) == ["x.py: 291 lines", "x.py: f has 41 lines"]
