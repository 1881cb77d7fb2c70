"""What we generate keeps our own rules: style, types, and its own tests with their coverage."""

import os
import subprocess
from pathlib import Path

import pytest

from apiforge.servers.directory import throw_away_directory
from apiforge.servers.registry import SERVERS
from tests.generated.conftest import MakeProject
from tests.generated.test_pairs import RESOURCES

CHOICES = {
    "full": ["--database", "sqlite", "--cache", "memory", "--auth", "jwt"],
    "redis": ["--database", "sqlite", "--cache", "redis", "--auth", "none"],
    "bare": [
        *("--database", "sqlite", "--cache", "none", "--auth", "none"),
        *("--monitoring", "none", "--deploy", "none"),
    ],
}


@pytest.fixture(scope="session")
def mypy_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all: reading the libraries is what takes long."""
    return tmp_path_factory.mktemp("mypy")


def make(project: Path, target: str, **environment: str) -> None:
    done = subprocess.run(
        ["make", "-s", target],
        cwd=project,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"make {target}:\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"


@pytest.mark.parametrize("flags", CHOICES.values(), ids=CHOICES)
def test_lint_and_own_tests_are_green(
    flags: list[str], make_project: MakeProject, mypy_cache: Path
) -> None:
    resources = [word for text in RESOURCES for word in ("--resource", text)]
    project = make_project(*flags, *resources)
    make(project, "lint", MYPY_CACHE_DIR=str(mypy_cache))
    make(project, "test")


def test_lint_and_own_tests_are_green_on_postgresql(
    make_project: MakeProject, mypy_cache: Path
) -> None:
    project = make_project("--database", "postgresql")
    server = SERVERS["postgresql"]
    make(project, "lint", MYPY_CACHE_DIR=str(mypy_cache))
    with throw_away_directory() as directory, server.run(server.find(), directory) as at:
        url = f"postgresql://{at.user}:{at.password}@{at.host}:{at.port}/{at.database}"
        make(project, "test", DATABASE_URL=url)
