"""What a project looks like, file by file: a change of it is seen in review.

Run with `GOLDEN=write` in the environment to write the files again after a change that is meant.
"""

import os
from fnmatch import fnmatch
from pathlib import Path

import pytest

from apiforge import paths
from apiforge.catalog.load import load_catalog
from apiforge.project.plan import make_plan
from apiforge.project.render import render
from apiforge.project.resources import parse_resource
from apiforge.project.specification import Specification

GOLDEN = Path(__file__).parent / "golden"
# Assembled files and one resource; what is copied stands in templates/ for all to see.
SHOWN = (
    "apiforge.toml",
    "compose.yaml",
    "pyproject.toml",
    ".env.example",
    "README.md",
    "app/components.py",
    "app/settings.py",
    "app/database/tables.py",
    "app/resources/*.py",
    "loadtests/scenario.toml",
    "migrations/versions/*",
    "tests/resources/test_books.py",
)
PROJECTS = {
    "default": Specification(name="shop", apiforge="1.2.3"),
    "library": Specification(
        name="library",
        apiforge="1.2.3",
        choices={"database": ("postgresql",), "cache": ("none",), "monitoring": ("none",)},
        resources=(
            parse_resource("author: name:string(80)! best:ref(book)? class:string?"),
            parse_resource(
                "book: title:string author:ref(author) price:decimal(8,2)=9.90 "
                "state:enum(new|used)=new printed:date? at:datetime?# tags:json? sequel:ref(book)?"
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_looks_as_it_did(name: str) -> None:
    made = shown(PROJECTS[name])
    if os.environ.get("GOLDEN") == "write":
        write(GOLDEN / name, made)
    expected = {
        str(path.relative_to(GOLDEN / name)): path.read_text()
        for path in (GOLDEN / name).rglob("*")
        if path.is_file()
    }

    assert sorted(made) == sorted(expected)
    for path, text in made.items():
        assert text == expected[path], path


def shown(specification: Specification) -> dict[str, str]:
    """The files to compare, and one that lists all there are; `.golden` keeps tools off them."""
    plan = make_plan(specification, load_catalog([paths.templates()]))
    tree = dict(render(plan))
    files = {
        f"{path}.golden": file.content.decode()
        for path, file in tree.items()
        if any(fnmatch(path, pattern) for pattern in SHOWN)
    }
    return {**files, "FILES.golden": "\n".join(sorted(tree)) + "\n"}


def write(folder: Path, files: dict[str, str]) -> None:
    for path in folder.rglob("*.golden"):
        path.unlink()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
