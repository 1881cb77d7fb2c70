"""Imports and tuples are laid out as ruff would."""

import subprocess
import sys
from pathlib import Path

import pytest

from apiforge.project.writers import python

MODULES = ("app.a_b", "app.a", "app.a10", "app.a2", "app.aB", "app.ab", "app.größe", "app.a.b")
LONG = f"app.resources.{'x' * 60}.endpoints"


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([(module, "x") for module in MODULES], id="modules"),
        pytest.param(
            [("app.a", name) for name in ("z", "A_B", "Ab", "a2", "a10", "B")], id="kinds"
        ),
        pytest.param([("app.a", f"a_long_name_{number}") for number in range(9)], id="many names"),
        pytest.param([(LONG, "y" * 40)], id="long"),
    ],
)
def test_imports_are_as_ruff_wants_them(tmp_path: Path, names: list[tuple[str, str]]) -> None:
    used = "\n".join(f"print({name})" for _, name in names)

    assert_clean(tmp_path, f"{python.imports(names)}\n\n{used}\n", "I")


def test_an_alias_is_as_ruff_wants_it(tmp_path: Path) -> None:
    text = python.imports([(LONG, "router"), ("app.b", "router")], {LONG: "x" * 60, "app.b": "b"})

    assert_clean(tmp_path, f"{text}\n\nprint({'x' * 60}, b)\n", "I,F,E")


@pytest.mark.parametrize("count", [0, 1, 2, 20])
def test_a_tuple_is_as_ruff_wants_it(tmp_path: Path, count: int) -> None:
    elements = [f"int({number})" for number in range(count)]

    text = python.assigned_tuple("NUMBERS: tuple[int, ...]", elements)

    assert_clean(tmp_path, f"{text}\n", "E")


def assert_clean(folder: Path, text: str, rules: str) -> None:
    file = folder / "module.py"
    file.write_text(text, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    options = ["--isolated", "--line-length", "100", "--no-cache"]
    first_party = ["--config", 'lint.isort.known-first-party=["app"]']
    for command in (
        [*ruff, "check", *options, *first_party, "--select", rules, str(file)],
        [*ruff, "format", "--diff", *options, str(file)],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
