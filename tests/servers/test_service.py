"""What the command line's tests cannot bring about: taken ports, a service that is never ready."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from apiforge.catalog.model import Feature
from apiforge.errors import ApiforgeError, TargetUnreachable, UsageError
from apiforge.servers import postgresql, readiness, service
from apiforge.servers.directory import throw_away_directory
from apiforge.servers.ports import free_port
from apiforge.servers.service import run_service
from apiforge.servers.subject import open_subject
from tests.fake_project import FakeProject, make_project
from tests.servers.processes import is_alive

SQLITE = Feature(
    name="database/sqlite",
    folder=Path("sqlite"),
    summary="",
    throwaway={"DATABASE_URL": "sqlite:///{directory}/load.db"},
)


@pytest.fixture
def project(tmp_path: Path) -> FakeProject:
    return make_project(tmp_path / "fake")


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def tell_nobody(step: str) -> None:
    """These tests look at the log instead."""


def start(project: FakeProject, log: Path) -> str:
    """Run it once; the address it had."""
    subject = open_subject(project.folder)
    with run_service(subject, [SQLITE], rows=3, log=log, tell=tell_nobody) as running:
        assert is_alive(project.serving[0])
        return running.url


def test_another_port_is_tried_when_one_is_taken(
    project: FakeProject, tmp_path: Path, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = free_port()
    monkeypatch.setattr(service, "free_port", iter([taken_port, free]).__next__)
    assert start(project, tmp_path / "log") == f"http://127.0.0.1:{free}"


def test_ports_that_are_always_taken_are_an_error(
    project: FakeProject, tmp_path: Path, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "free_port", lambda: taken_port)
    with pytest.raises(TargetUnreachable, match="Address already in use"):
        start(project, tmp_path / "log")


def test_service_that_is_never_ready_is_given_up_and_ended(
    project: FakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "READY_WITHIN", 0.5)
    monkeypatch.setenv("FAKE_MODE", "never ready")
    with pytest.raises(TargetUnreachable, match="/readyz did not answer 200 within"):
        start(project, tmp_path / "log")
    assert not project.is_serving() or not is_alive(project.serving[0])


def test_what_the_shell_says_comes_before_the_example_and_after_ours(
    project: FakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREETING", "good morning")
    monkeypatch.setenv("DATABASE_URL", "sqlite:////real.db")
    monkeypatch.setenv("MAKEFLAGS", "--no-such-flag")
    (project.folder / "app" / "__main__.py").write_text(
        "import os; print(os.environ['GREETING'], os.environ['DATABASE_URL']); raise SystemExit(1)"
    )
    with pytest.raises(TargetUnreachable, match=r"good morning sqlite:////.*/load\.db"):
        start(project, tmp_path / "log")


def test_log_has_every_command(project: FakeProject, tmp_path: Path) -> None:
    start(project, tmp_path / "log")
    commands = [
        line.rpartition("/")[2]
        for line in (tmp_path / "log").read_text().splitlines()
        if line.startswith("$")
    ]
    assert commands == [
        "$ make -s install",
        "python -m app migrate",
        "python -m app seed --rows 3",
        "python -m app serve",
    ]


def test_project_without_a_makefile_is_refused(project: FakeProject, tmp_path: Path) -> None:
    (project.folder / "Makefile").unlink()
    with pytest.raises(UsageError, match="no Makefile"):
        start(project, tmp_path / "log")


def test_machine_without_make_is_told_how_to_get_it(
    project: FakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ApiforgeError, match="`make` is not installed here"):
        start(project, tmp_path / "log")


def test_postgresql_tries_another_port_when_one_is_taken(
    taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = free_port()
    monkeypatch.setattr(postgresql, "free_port", iter([taken_port, free]).__next__)
    with (
        throw_away_directory() as directory,
        postgresql.run_private(postgresql.find(), directory) as address,
    ):
        assert address.port == free
