from pathlib import Path

import pytest

from apiforge.catalog.model import Axis, Catalog, Feature, Service
from apiforge.runs.check import Check
from apiforge.runs.tools import check_servers, check_tools
from apiforge.servers import postgresql


def feature(name: str, throwaway: str, *services: str) -> Feature:
    return Feature(
        name=name,
        folder=Path("features") / name,
        summary="",
        throwaway={"URL": throwaway},
        services=tuple(Service(name=service, image=service) for service in services),
    )


def catalog(*features: Feature) -> Catalog:
    axis = Axis(name="database", question="", default=(), many=False, none=False, features=features)
    base = Feature(name="base", folder=Path("base"), summary="")
    return Catalog(roots=(), base=base, axes=(axis,), shared={})


def tool(path: Path, name: str, script: str) -> None:
    (path / name).write_text(f"#!/bin/sh\n{script}\n")
    (path / name).chmod(0o755)


def named(name: str, checks: list[Check]) -> Check:
    return next(check for check in checks if check.name == name)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with only what a test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_tool_that_is_here_tells_its_version(path: Path) -> None:
    tool(path, "git", "echo git version 2.50")
    assert named("git", check_tools()) == Check(name="git", status="ok", found="git version 2.50")


def test_missing_make_is_fatal_and_missing_git_is_not(path: Path) -> None:
    checks = check_tools()
    assert named("make", checks).is_fatal
    assert named("git", checks).status == "missing"
    assert not named("git", checks).is_fatal


def test_tool_that_fails_is_missing(path: Path) -> None:
    tool(path, "git", "exit 1")
    assert named("git", check_tools()).found == "does not run"


def test_docker_without_an_engine_is_limited(path: Path) -> None:
    tool(path, "docker", '[ "$1" = --version ] && echo Docker version 28')
    check = named("docker", check_tools())
    assert (check.status, check.found) == ("limited", "Docker version 28, but no engine answers")


def test_docker_with_an_engine_is_ok(path: Path) -> None:
    tool(path, "docker", '[ "$1" = --version ] && echo Docker version 28 || echo 27.0')
    assert named("docker", check_tools()).found == "Docker version 28, engine 27.0"


def test_pip_will_do_where_there_is_no_uv(path: Path) -> None:
    check = named("uv or pip", check_tools())
    assert (check.status, check.found) == ("ok", "pip")


def test_private_server_tells_its_version() -> None:
    checks = check_servers(catalog(feature("database/pg", "x:{port}", "postgresql")))
    version = postgresql.find().version
    assert [check.name for check in checks] == ["database pg"]
    assert f"PostgreSQL {version} from " in checks[0].found


def test_server_that_is_not_here_tells_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "places", list)
    (check,) = check_servers(catalog(feature("database/pg", "x:{port}", "postgresql")))
    assert (check.status, check.advice) == ("missing", 'pip install "apiforge[servers]"')


def test_database_without_a_server_needs_none() -> None:
    (check,) = check_servers(catalog(feature("database/file", "{directory}/x")))
    assert (check.status, check.found) == ("ok", "needs no server")


def test_database_nobody_can_start_here_is_missing() -> None:
    (check,) = check_servers(catalog(feature("database/odd", "x:{port}", "odd")))
    assert check.status == "missing"
