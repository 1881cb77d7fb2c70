import base64
from contextlib import ExitStack
from pathlib import Path

import pytest

from apiforge.catalog.model import Feature, Service
from apiforge.errors import CatalogError, MissingServer
from apiforge.servers.directory import throw_away_directory
from apiforge.servers.environment import (
    fill_secrets,
    parse_environment,
    read_environment,
    services_of,
    start_servers,
)


def feature(throwaway: dict[str, str], *services: str) -> Feature:
    return Feature(
        name="database/some",
        folder=Path("features/database/some"),
        summary="",
        throwaway=throwaway,
        services=tuple(Service(name=name, image=name) for name in services),
    )


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAME=value", "value"),
        ("  NAME = value  ", "value"),
        ("export NAME=value", "value"),
        ("NAME=value # comment", "value"),
        ("NAME=a#b", "a#b"),
        ("NAME='a # b'", "a # b"),
        ('NAME="a b" # comment', "a b"),
        ("NAME=a=b==", "a=b=="),
        ("NAME=", ""),
        ("NAME= # a secret", ""),
    ],
)
def test_line_is_read_as_usual_in_env_files(line: str, value: str) -> None:
    assert parse_environment(line) == {"NAME": value}


@pytest.mark.parametrize("line", ["", "# NAME=value", "NAME", "   "])
def test_line_without_a_value_is_passed_over(line: str) -> None:
    assert parse_environment(line) == {}


def test_file_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert read_environment(tmp_path / ".env") == {}


def test_empty_values_become_secrets_of_32_bytes() -> None:
    filled = fill_secrets({"KEY": "", "OTHER": "", "NAME": "value"})
    assert filled["NAME"] == "value"
    assert len(base64.urlsafe_b64decode(filled["KEY"])) == 32
    assert filled["KEY"] != filled["OTHER"]


def test_directory_goes_into_the_settings(tmp_path: Path) -> None:
    sqlite = feature({"DATABASE_URL": "sqlite:///{directory}/load.db"})
    with ExitStack() as running:
        environment = start_servers([sqlite], tmp_path, running)
    assert environment == {"DATABASE_URL": f"sqlite:///{tmp_path}/load.db"}
    assert services_of([sqlite]) == []


def test_service_that_is_only_for_compose_is_not_started(tmp_path: Path) -> None:
    watcher = feature({}, "prometheus")
    with ExitStack() as running:
        assert start_servers([watcher], tmp_path, running) == {}
    assert services_of([watcher]) == []


def test_service_nobody_can_start_is_a_missing_server(tmp_path: Path) -> None:
    unknown = feature({"DATABASE_URL": "x://{host}:{port}"}, "exotic")
    with ExitStack() as running, pytest.raises(MissingServer, match="database/some"):
        start_servers([unknown], tmp_path, running)


def test_unknown_placeholder_is_an_error_of_the_manifest(tmp_path: Path) -> None:
    wrong = feature({"DATABASE_URL": "{prot}"}, "postgresql")
    with ExitStack() as running, pytest.raises(CatalogError, match=r"feature\.toml.*: prot"):
        start_servers([wrong], tmp_path, running)


def test_private_server_fills_the_placeholders_while_it_runs() -> None:
    postgresql = feature(
        {"DATABASE_URL": "postgresql://{user}:{password}@{host}:{port}/{database}"}, "postgresql"
    )
    with throw_away_directory() as directory, ExitStack() as running:
        environment = start_servers([postgresql], directory, running)
        assert environment["DATABASE_URL"].startswith("postgresql://postgres:")
    assert services_of([postgresql]) == ["postgresql"]
