"""A private MariaDB and a private MySQL, really started. What they accept, their protocol tells.

MySQL is not to be had everywhere: tests/contract says at its end when it was not run.
"""

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest

from apiforge.errors import ApiforgeError, MissingServer
from apiforge.servers import mariadb, mysql
from apiforge.servers.directory import server_user, throw_away_directory
from apiforge.servers.guardian import processes
from apiforge.servers.ports import is_answering
from apiforge.servers.server import Address, Program

KINDS = {"mariadb": mariadb, "mysql": mysql}


def runnable() -> list[str]:
    """MariaDB in any case."""
    with suppress(MissingServer):
        mysql.find()
        return [*KINDS]
    return ["mariadb"]


@pytest.fixture(scope="module", params=runnable())
def kind(request: pytest.FixtureRequest) -> ModuleType:
    return KINDS[request.param]


@pytest.fixture(scope="module")
def program(kind: ModuleType) -> Program:
    found: Program = kind.find()
    return found


@pytest.fixture(scope="module")
def running(kind: ModuleType, program: Program) -> Iterator[tuple[Address, Path]]:
    """Where it answers, and its directory."""
    with throw_away_directory() as directory, kind.run_private(program, directory) as address:
        yield address, directory / kind.KIND.name


def greeting(address: Address) -> bytes:
    """The version that the server tells whoever connects."""
    with socket.create_connection((address.host, address.port), 10.0) as connection:
        return connection.recv(256)[5:].partition(b"\0")[0]


def pid(home: Path) -> int:
    """The server running there."""
    return int(next((home / "data").glob("*.pid")).read_text())


def test_it_answers_as_what_it_is(program: Program, running: tuple[Address, Path]) -> None:
    told = greeting(running[0])

    assert int(program.version.split(".")[0]) >= 8
    assert program.version.encode() in told
    assert (b"MariaDB" in told) == (program.name == "MariaDB")


def test_it_never_runs_as_root_and_keeps_its_password(running: tuple[Address, Path]) -> None:
    address, home = running

    assert (home / "data").stat().st_uid != 0
    assert (home / "users.sql").stat().st_mode & 0o077 == 0
    assert address.password not in home.with_suffix(".log").read_text()
    assert address.password not in Path(f"/proc/{pid(home)}/cmdline").read_text()


def test_what_makes_a_commit_durable_is_stated(running: tuple[Address, Path]) -> None:
    stated = (running[1] / "server.cnf").read_text()

    for line in ("innodb_flush_log_at_trx_commit = 1", "sync_binlog = 1", "log_bin = binlog"):
        assert line in stated
    assert "bind_address = 127.0.0.1" in stated


def test_nothing_of_it_is_left() -> None:
    with throw_away_directory() as directory:
        with mariadb.run_private(mariadb.find(), directory) as address:
            started = pid(directory / "mariadb")
        assert not is_answering(address.host, address.port)
        assert started not in {pid for pid, _, _ in processes()}
    assert not directory.exists()


def test_programs_that_do_not_work_are_an_error_with_the_log() -> None:
    with throw_away_directory() as directory:
        broken = directory / "bin"
        broken.mkdir()
        (broken / "mariadbd").touch()
        (broken / "mariadb-install-db").write_text("#!/bin/sh\necho no space left\nexit 1\n")
        (broken / "mariadb-install-db").chmod(0o755)
        program = Program(name="", version="", origin="", programs=broken)
        running = mariadb.run_private(program, directory)
        with pytest.raises(ApiforgeError, match="no space left"), running:
            pass


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_none_installed_names_how_to_get_it(
    kind: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kind, "places", list)
    with pytest.raises(MissingServer) as raised:
        kind.find()
    assert raised.value.hint == kind.HOW_TO_GET


def test_root_needs_programs_that_the_servers_user_can_reach(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    (hidden / "mariadbd").touch()
    program = Program(name="", version="", origin="", programs=hidden)
    expected = "another user" if server_user() is not None else "could not be|no mariadb"
    with throw_away_directory() as directory:
        running = mariadb.run_private(program, directory)
        with pytest.raises(ApiforgeError, match=expected), running:
            pass


def test_mysql_is_what_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stated = tmp_path / "mysqld"
    stated.write_text("#!/bin/sh\necho 'mysqld  Ver 9.1.0 for Linux on x86_64 (Debian)'\n")
    stated.chmod(0o755)
    monkeypatch.setenv(mysql.VARIABLE, str(stated))

    assert (mysql.find().version, mysql.find().origin) == ("9.1.0", str(stated))


def test_mysql_that_the_environment_names_and_is_not_there_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(mysql.VARIABLE, str(tmp_path / "mysqld"))

    with pytest.raises(MissingServer, match="mysqld does not run: No such file"):
        mysql.find()


def test_mariadb_is_not_taken_for_mysql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "mysqld"
    other.write_text("#!/bin/sh\necho 'mysqld  Ver 10.11.19-MariaDB for debian-linux-gnu'\n")
    other.chmod(0o755)
    monkeypatch.setattr(mysql, "places", lambda: [other])

    with pytest.raises(MissingServer, match="no MySQL is installed here"):
        mysql.find()
