"""An installed wheel works from any directory, without the checkout and without a network."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from apiforge import paths

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `apiforge` of a fresh virtual environment that holds the built wheel."""
    directory = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(directory)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    (wheel,) = directory.glob("*.whl")
    programs = directory / "venv" / "bin"
    for command in (
        ["venv", "-q", "--python", sys.executable, str(programs.parent)],
        ["pip", "install", "-q", "--python", str(programs / "python"), str(wheel)],
    ):
        subprocess.run([Path(sys.executable).with_name("uv"), *command], check=True)
    return programs / "apiforge"


def test_the_wheel_holds_the_templates_and_the_engine(installed: Path, tmp_path: Path) -> None:
    code = "from apiforge import paths; print(paths.templates()); print(paths.loadtests())"
    command = [installed.with_name("python"), "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    templates, loadtests = map(Path, done.stdout.split())
    assert templates.is_relative_to(installed.parents[1])
    assert files(templates) == files(paths.templates())
    assert files(loadtests) == files(paths.loadtests())


def test_the_wheel_holds_the_schema_of_results(installed: Path, tmp_path: Path) -> None:
    command = [installed, "report", "--schema"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout == paths.result_schema().read_text()


def test_the_installed_command_writes_the_same_project(installed: Path, tmp_path: Path) -> None:
    offline = {
        **os.environ,
        "https_proxy": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
    }
    trees = []
    for number, command in enumerate(([str(installed)], [sys.executable, "-m", "apiforge"])):
        directory = tmp_path / str(number)
        directory.mkdir()
        subprocess.run(
            [*command, "new", "shop", "--yes"],
            cwd=directory,
            env=offline,
            check=True,
            capture_output=True,
        )
        trees.append(contents(directory / "shop"))

    assert trees[0] == trees[1]


def files(directory: Path) -> set[str]:
    return {
        str(path.relative_to(directory))
        for path in directory.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def contents(directory: Path) -> dict[str, bytes]:
    """Every file but the one that holds the secrets."""
    return {name: (directory / name).read_bytes() for name in files(directory) - {".env"}}
