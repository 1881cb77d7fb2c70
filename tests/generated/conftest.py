"""Projects made by the real command, and run as real services on throw-away databases."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest

from apiforge import paths
from apiforge.catalog.load import load_catalog
from apiforge.catalog.model import Catalog
from apiforge.project.specification import read_specification
from apiforge.servers.service import run_service
from apiforge.servers.subject import chosen_features, open_subject
from tests.generated.environments import share_environment
from tests.generated.exercise import Exercise
from tests.generated.instances import path_with_uv

MakeProject = Callable[..., Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A running project: a client for it, and an exercise that calls all of it."""

    client: httpx.Client
    exercise: Exercise
    log: Path


Boot = Callable[..., AbstractContextManager[Live]]


@pytest.fixture(scope="session", autouse=True)
def _uv_on_path() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", path_with_uv())
        yield


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog([paths.templates()])


def new_project(folder: Path, *arguments: str, name: str = "shop") -> Path:
    """`apiforge new NAME …` in this folder; the project's."""
    command = [sys.executable, "-m", "apiforge", "new", name, "--yes", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / name


@pytest.fixture
def make_project(tmp_path: Path) -> MakeProject:
    """`apiforge new NAME …` in a temporary directory; the project's folder."""
    return partial(new_project, tmp_path)


@pytest.fixture(scope="module")
def make_module_project(tmp_path_factory: pytest.TempPathFactory) -> MakeProject:
    """The same, for projects that all tests of a module share; each in a directory of its own."""
    return lambda *arguments: new_project(tmp_path_factory.mktemp("project"), *arguments)


@pytest.fixture
def boot(catalog: Catalog, tmp_path: Path) -> Boot:
    """Runs a project on a private database with some rows, ready to be called."""

    @contextmanager
    def run(project: Path, *, rows: int = 20, catalog: Catalog = catalog) -> Iterator[Live]:
        share_environment(project)
        subject = open_subject(project)
        log = tmp_path / "service.log"
        features = chosen_features(subject, catalog)
        with (
            run_service(subject, features, rows=rows, log=log, tell=print) as service,
            httpx.Client(base_url=service.url, timeout=10) as client,
        ):
            yield Live(
                client=client,
                log=log,
                exercise=Exercise(
                    client=client,
                    references=references(project),
                    email=service.environment["LOAD_USER_EMAIL"],
                    password=service.environment["LOAD_USER_PASSWORD"],
                ),
            )

    return run


def references(project: Path) -> dict[str, dict[str, str]]:
    """Which property of which collection names a row of which other: paths and JSON names."""
    resources = read_specification(project / "apiforge.toml").resources
    plurals = {resource.name: resource.plural for resource in resources}
    return {
        f"/api/v1/{resource.plural}": {
            field.key: f"/api/v1/{plurals[field.type.target]}" for field in resource.references
        }
        for resource in resources
    }


def login(live: Live) -> None:
    """Send the seeded user's token with every further request, where there are users at all."""
    exercise = live.exercise
    body = {"email": exercise.email, "password": exercise.password}
    answer = live.client.post("/api/v1/auth/login", json=body)
    if answer.status_code != 404:
        assert answer.status_code == 200, answer.text
        live.client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
