"""Servers in containers. The docker here is a script that notes what it is asked for: no engine
runs where these tests do."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from apiforge import paths
from apiforge.catalog.load import load_catalog
from apiforge.catalog.model import Feature
from apiforge.errors import ApiforgeError, MissingServer
from apiforge.servers import docker, environment
from apiforge.servers.directory import throw_away_directory
from apiforge.servers.environment import start_servers
from tests.servers.processes import eventually

DOCKER = """#!/bin/sh
echo "$*" >> "$NOTES"
case "$1" in
  version) echo 28.1 ;;
  run)
    echo "password is $POSTGRES_PASSWORD" >> "$NOTES"
    test -z "$BROKEN" && exec sleep 3600
    exit 1 ;;
  exec) grep -q '^password is' "$NOTES" ;;
esac
"""


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What docker was asked for, a line each."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "docker").write_text(DOCKER)
    (programs / "docker").chmod(0o755)
    notes = tmp_path / "notes"
    notes.touch()
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("NOTES", str(notes))
    monkeypatch.setattr(docker, "CHECK_EVERY", 0.01)
    monkeypatch.setattr(environment, "SERVERS", {})  # nothing is installed
    return notes


def feature(name: str) -> Feature:
    axis, _, value = name.partition("/")
    catalog = load_catalog([paths.templates()])
    return next(one for one in catalog.axis(axis).features if one.value == value)


def line(notes: Path, start: str) -> str:
    return next(line for line in notes.read_text().splitlines() if line.startswith(start))


def test_database_runs_in_a_container_of_its_own(notes: Path) -> None:
    with throw_away_directory() as directory, ExitStack() as running:
        settings = start_servers([feature("database/postgresql")], directory, running)
        asked = line(notes, "run ")
        words = asked.split()
        url = settings["DATABASE_URL"]
        password = url.partition("app:")[2].partition("@")[0]
        host_and_port = url.partition("@")[2].partition("/")[0]

        assert url.endswith("/app")
        assert words[:3] == ["run", "--rm", "--name"]
        name = words[3]
        assert name.startswith("apiforge-postgresql-")
        assert f"--publish {host_and_port}:5432" in asked
        assert words[-1].startswith("postgres:")
        assert password not in asked, "everybody may read a command line"
        assert f"password is {password}" in notes.read_text()
        assert line(notes, "exec ") == f"exec {name} sh -c pg_isready -U app -d app"

    assert eventually(lambda: f"rm --force --volumes {name}" in notes.read_text())


@pytest.mark.parametrize("name", ["mysql", "mariadb", "mongodb"])
def test_what_compose_mounts_is_mounted_from_the_feature(notes: Path, name: str) -> None:
    database = feature(f"database/{name}")
    with throw_away_directory() as directory, docker.run_container(database, directory):
        words = line(notes, "run ").split()

    mounted = [words[at + 1].split(":") for at, word in enumerate(words) if word == "--volume"]
    assert mounted
    for source, target, mode in mounted:
        assert Path(source).exists()
        assert (target.startswith("/"), mode) == (True, "ro")


def test_redis_gets_its_password_from_its_own_environment(notes: Path) -> None:
    with throw_away_directory() as directory, ExitStack() as running:
        settings = start_servers([feature("cache/redis")], directory, running)
        asked = line(notes, "run ")

    assert settings["CACHE_URL"].startswith("redis://default:")
    assert '--requirepass "$CACHE_PASSWORD"' in asked
    assert "$$" not in notes.read_text()


def test_container_that_ends_is_an_error(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKEN", "yes")
    with (
        throw_away_directory() as directory,
        ExitStack() as running,
        pytest.raises(ApiforgeError, match="did not become ready"),
    ):
        # The check of this one succeeds always: only its end tells.
        monkeypatch.setattr(docker, "CHECKS", 10_000)
        start_servers([feature("database/postgresql")], directory, running)


def test_without_engine_the_server_is_missing(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "has_engine", lambda: False)
    with (
        throw_away_directory() as directory,
        ExitStack() as running,
        pytest.raises(MissingServer),
    ):
        start_servers([feature("database/postgresql")], directory, running)
