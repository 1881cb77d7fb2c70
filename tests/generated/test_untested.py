"""Oracle Database, of which no server is to be had: all that can be checked without one."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from apiforge.servers.ports import LOOPBACK, free_port
from apiforge.servers.process import Command, Process, start
from apiforge.servers.service import FOREIGN
from tests.generated.conftest import MakeProject
from tests.generated.instances import path_with_uv
from tests.servers.processes import eventually

WITHOUT_SERVER = ("tests/database/test_statements.py", "tests/database/test_failures.py")
NAMES = (
    "order: date:string(20)? size:string(100)# level:enum(a|b)=a row:integer# access:float?"
    " größe:text?"
)


@pytest.fixture
def shell() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return {**kept, "PATH": path_with_uv()}


@pytest.fixture
def project(make_project: MakeProject, shell: dict[str, str]) -> Path:
    project = make_project("--database", "oracle", "--resource", NAMES)
    subprocess.run(["make", "-s", "install"], cwd=project, env=shell, check=True)
    return project


def test_all_but_the_server_is_checked(project: Path, shell: dict[str, str]) -> None:
    """One test for all: installing is what takes long."""

    def pytest_of_project(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [".venv/bin/python", "-m", "pytest", "-q", *arguments]
        return subprocess.run(command, cwd=project, env=shell, capture_output=True, text=True)

    lint = subprocess.run(["make", "-s", "lint"], cwd=project, env=shell, capture_output=True)
    assert lint.returncode == 0, lint.stdout.decode()
    checked = pytest_of_project(*WITHOUT_SERVER)
    assert checked.returncode == 0, checked.stdout
    live = pytest_of_project("tests/database", "tests/resources")
    assert live.returncode == 1
    assert "the tests need an Oracle Database (TEST_DATABASE_URL is not set)" in live.stdout
    assert "or set TEST_DATABASE_URL, such as oracle://app@127.0.0.1:1521/" in live.stdout
    assert "skipped" not in live.stdout
    assert live.stdout.count("TEST_DATABASE_URL") == 2, "said once"


@pytest.fixture
def serving(project: Path, shell: dict[str, str], tmp_path: Path) -> Iterator[str]:
    port = free_port()
    own = {"PORT": str(port), "HOST": LOOPBACK, "DATABASE_URL": "oracle://a:b@127.0.0.1:1/x"}
    command = Command(
        arguments=[".venv/bin/python", "-m", "app", "serve"],
        directory=project,
        environment={**shell, **own},
        log=tmp_path / "log",
        stop_signal=signal.SIGTERM,
    )
    process: Process
    with start(command) as process:
        url = f"http://{LOOPBACK}:{port}"
        assert eventually(lambda: process.exit_code() is None and is_alive(url), seconds=60)
        yield url


def is_alive(url: str) -> bool:
    try:
        return httpx.get(f"{url}/livez", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def test_service_says_that_its_database_is_away(serving: str) -> None:
    ready = httpx.get(f"{serving}/readyz", timeout=20)

    assert ready.status_code == 503
    assert ready.json()["errors"][0]["field"] == "database"
