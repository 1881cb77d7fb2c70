"""A server that is started where it has run before has its data and its password still."""

import pytest

from apiforge.servers.directory import throw_away_directory
from apiforge.servers.registry import SERVERS


@pytest.mark.parametrize("name", ["mariadb", "mongodb"])
def test_server_keeps_its_data(name: str) -> None:
    server = SERVERS[name]
    program = server.find()
    with throw_away_directory() as directory:
        with server.run(program, directory) as first:
            data = directory / name / "data"
            made = data.stat().st_ino
        (directory / f"{name}.log").unlink()
        with server.run(program, directory) as second:
            assert second.password == first.password
            assert data.stat().st_ino == made
