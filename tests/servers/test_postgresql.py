"""A private PostgreSQL, really started. What it accepts is read from its own protocol."""

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from apiforge.errors import ApiforgeError, MissingServer
from apiforge.servers import postgresql
from apiforge.servers.directory import throw_away_directory
from apiforge.servers.guardian import processes
from apiforge.servers.ports import is_answering
from apiforge.servers.server import Address, Program

AUTHENTICATION, SASL = b"R", 10


@pytest.fixture(scope="module")
def program() -> Program:
    return postgresql.find()


@pytest.fixture(scope="module")
def address(program: Program, directory: Path) -> Iterator[Address]:
    with postgresql.run_private(program, directory) as address:
        yield address


def first_answer(address: Address) -> tuple[bytes, int]:
    """The kind of the server's first message, and the first number in it."""
    words = f"user\0{address.user}\0database\0{address.database}\0\0".encode()
    with socket.create_connection((address.host, address.port), 10.0) as connection:
        connection.sendall(struct.pack("!II", len(words) + 8, 3 << 16) + words)
        answer = connection.recv(9)
    return answer[:1], struct.unpack("!I", answer[5:9])[0]


def pids(directory: Path) -> set[int]:
    """The server running there, and its own processes."""
    postmaster = int((directory / "postgresql" / "data" / "postmaster.pid").read_text().split()[0])
    children = {pid for pid, parent, _ in processes() if parent == postmaster}
    return {postmaster, *children}


def test_find_tells_version_and_origin(program: Program) -> None:
    assert program.name == "PostgreSQL"
    assert int(program.version.split(".")[0]) >= 13
    assert program.origin


def test_it_asks_for_a_password_at_once(address: Address) -> None:
    assert first_answer(address) == (AUTHENTICATION, SASL)


def test_it_never_runs_as_root(address: Address, directory: Path) -> None:
    owner = (directory / "postgresql" / "data" / "postmaster.pid").stat().st_uid
    assert owner != 0
    assert address.password not in (directory / "postgresql.log").read_text()


def test_nothing_of_it_is_left(program: Program) -> None:
    with throw_away_directory() as directory:
        with postgresql.run_private(program, directory) as address:
            started = pids(directory)
            assert len(started) > 1
        assert not is_answering(address.host, address.port)
        assert started & {pid for pid, _, _ in processes()} == set()
    assert not directory.exists()


def test_two_instances_run_side_by_side(program: Program, address: Address) -> None:
    with throw_away_directory() as other, postgresql.run_private(program, other) as second:
        assert second.port != address.port
        assert first_answer(second) == (AUTHENTICATION, SASL)


def test_programs_are_copied_where_the_server_cannot_reach_them(
    program: Program, tmp_path: Path
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    package = program.programs.parents[1]
    (hidden / package.name).symlink_to(package)
    (hidden / f"{package.name}.libs").symlink_to(package.parent / f"{package.name}.libs")
    programs = hidden / package.name / program.programs.parent.name / "bin"
    with throw_away_directory() as directory:
        there = Program(name="", version="", origin="", programs=programs)
        with postgresql.run_private(there, directory) as address:
            assert first_answer(address) == (AUTHENTICATION, SASL)


def test_programs_that_do_not_work_are_an_error_with_the_log(tmp_path: Path) -> None:
    broken = tmp_path / "bin"
    broken.mkdir()
    (broken / "initdb").write_text("#!/bin/sh\necho no space left on device\nexit 1\n")
    (broken / "initdb").chmod(0o755)
    program = Program(name="", version="", origin="", programs=broken)
    with throw_away_directory() as directory:
        (directory / "bin").symlink_to(broken)
        running = postgresql.run_private(program, directory)
        with pytest.raises(ApiforgeError, match="no space left on device"), running:
            pass


def test_none_installed_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "places", list)
    with pytest.raises(MissingServer) as raised:
        postgresql.find()
    assert raised.value.hint == 'pip install "apiforge[servers]"'
