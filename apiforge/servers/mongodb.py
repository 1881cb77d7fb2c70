"""A private MongoDB, or its stand-in SecantusDB: found, started on a free port, ended with us."""

import importlib.metadata
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apiforge.errors import ApiforgeError, MissingServer
from apiforge.servers.directory import kept_password
from apiforge.servers.ports import LOOPBACK, kept_port
from apiforge.servers.process import Command, Process, last_lines, start
from apiforge.servers.server import Address, Program

if TYPE_CHECKING:
    from pymongo import MongoClient

USER, DATABASE, REPLICA_SET = "app", "app", "private"
HOW_TO_GET = 'pip install "apiforge[servers]"'
READY_WITHIN = 60.0
STAND_IN, STOOD_IN_FOR = "SecantusDB", "MongoDB"
# Stated rather than left to defaults: a measurement is worth nothing without them. Clients ask for
# the journal themselves, which mongod then waits for; the stand-in has to be told.
OF_MONGOD = ("--replSet", REPLICA_SET, "--wiredTigerCacheSizeGB", "0.5", "--bind_ip", LOOPBACK)
OF_STAND_IN = ("--host", LOOPBACK, "--sync-on-commit", "--cache-size", "512M")
ALREADY = {23, 51003}  # initiated, and the user made, before


def find() -> Program:
    """The mongod on PATH, else the stand-in of the Python package."""
    if on_path := shutil.which("mongod"):
        return Program(
            name=STOOD_IN_FOR,
            version=_version(on_path),
            origin=on_path,
            programs=Path(on_path).resolve().parent,
        )
    programs = Path(sys.executable).parent
    if not (programs / "secantusd-py").is_file():
        raise MissingServer("no MongoDB and no stand-in is installed here", hint=HOW_TO_GET)
    return Program(
        name=STAND_IN,
        version=importlib.metadata.version(STAND_IN),
        origin="the Python package secantusdb",
        programs=programs,
        stands_in_for=STOOD_IN_FOR,
    )


def _version(mongod: str) -> str:
    """`db version v8.0.4` → `8.0.4`."""
    told = subprocess.run([mongod, "--version"], capture_output=True, text=True, check=False)
    first = told.stdout.partition("\n")[0]
    if told.returncode != 0 or "version v" not in first:
        reason = told.stderr.strip() or f"exit code {told.returncode}"
        raise MissingServer(f"{mongod} does not run: {reason}", hint=HOW_TO_GET)
    return first.rpartition("v")[2].strip()


@contextmanager
def run_private(program: Program, directory: Path) -> Iterator[Address]:
    """An instance under `directory` while the context lasts; it logs to mongodb.log.

    Data that is there already is used again, at the same port: its replica set knows itself by it.
    """
    home = directory / "mongodb"
    (home / "data").mkdir(parents=True, exist_ok=True)
    key = home / "key"
    if not key.is_file():
        key.touch(mode=0o600)
        key.write_text(secrets.token_hex(32))
    password = kept_password(home / "password")
    attempts = 3
    while True:
        attempts -= 1
        port = kept_port(home / "port")
        address = Address(host=LOOPBACK, port=port, user=USER, password=password, database=DATABASE)
        try:
            process = _start(program, home, address)
            break
        except ApiforgeError as error:
            if "in use" not in error.message or attempts == 0:
                raise
    with process:
        yield address


def _start(program: Program, home: Path, address: Address) -> Process:
    """Both let a first user be made by whoever is on this machine; the stand-in not while it asks
    for log-ins, so it is started twice. Afterwards both ask for log-ins."""
    prepared = home / "prepared"
    if prepared.is_file():
        process = _started(program, home, address, asks_for_log_in=True)
        try:
            _wait_for_log_in(process, home, address)
        except BaseException:
            process.stop()
            raise
        return process
    process = _started(program, home, address, asks_for_log_in=not program.stands_in_for)
    try:
        _prepare(program, address)
        if program.stands_in_for:
            process.kill()  # stopping takes it seconds, and what it has acknowledged is kept
            process = _started(program, home, address, asks_for_log_in=True)
        _wait_for_log_in(process, home, address)
        prepared.touch()
    except BaseException:
        process.stop()
        raise
    return process


def _started(program: Program, home: Path, address: Address, *, asks_for_log_in: bool) -> Process:
    process = start(
        Command(
            arguments=_arguments(program, home, address, asks_for_log_in=asks_for_log_in),
            directory=home,
            environment=os.environ,
            log=home.parent / "mongodb.log",
        )
    )
    try:
        if _answers(process, address):
            return process
    except BaseException:
        process.stop()
        raise
    process.stop()
    raise _failure(home)


def _arguments(
    program: Program, home: Path, address: Address, *, asks_for_log_in: bool
) -> list[str]:
    port, data = str(address.port), str(home / "data")
    if program.stands_in_for:
        command = [str(program.programs / "secantusd-py"), *OF_STAND_IN]
        command += ["--port", port, "--storage-path", data]
        return [*command, "--auth"] if asks_for_log_in else command
    command = [str(program.programs / "mongod"), *OF_MONGOD]
    return [*command, "--port", port, "--dbpath", data, "--keyFile", str(home / "key")]


def _prepare(program: Program, address: Address) -> None:
    """A replica set of one, and a user for a project's databases: its own and that of its tests."""
    where = f"{address.host}:{address.port}"
    with _client(address) as client:
        if not program.stands_in_for:
            members = [{"_id": 0, "host": where}]
            _once(client, {"replSetInitiate": {"_id": REPLICA_SET, "members": members}})
            _wait_for_primary(client)
        roles = ["readWriteAnyDatabase", "dbAdminAnyDatabase"]
        _once(client, {"createUser": address.user, "pwd": address.password, "roles": roles})


def _once(client: "MongoClient[dict[str, Any]]", command: dict[str, Any]) -> None:
    from pymongo.errors import OperationFailure

    try:
        client.admin.command(command)
    except OperationFailure as error:
        if error.code not in ALREADY:
            raise ApiforgeError(
                f"the private MongoDB refused {next(iter(command))}: {error}"
            ) from error


def _wait_for_primary(client: "MongoClient[dict[str, Any]]") -> None:
    deadline = time.monotonic() + READY_WITHIN
    while not client.admin.command("hello").get("isWritablePrimary"):
        if time.monotonic() > deadline:
            raise ApiforgeError("the private MongoDB did not become a primary")
        time.sleep(0.05)


def _client(address: Address, **options: Any) -> "MongoClient[dict[str, Any]]":
    """On loopback alone, and not longer than it takes."""
    from pymongo import MongoClient

    return MongoClient(
        address.host,
        address.port,
        directConnection=True,
        serverSelectionTimeoutMS=1000,
        **options,
    )


def _answers(process: Process, address: Address) -> bool:
    """Wait until it takes connections; False once it has ended or takes too long."""
    from pymongo.errors import PyMongoError

    deadline = time.monotonic() + READY_WITHIN
    with _client(address) as client:
        while process.exit_code() is None and time.monotonic() < deadline:
            try:
                client.admin.command("ping")
            except PyMongoError:
                continue
            return process.exit_code() is None
    return False


def _wait_for_log_in(process: Process, home: Path, address: Address) -> None:
    """Only ours knows the password: on a port that was taken, somebody else may answer."""
    from pymongo.errors import PyMongoError

    login = {"username": address.user, "password": address.password, "authSource": "admin"}
    deadline = time.monotonic() + READY_WITHIN
    with _client(address, **login) as client:
        while process.exit_code() is None and time.monotonic() < deadline:
            try:
                client[address.database].command("ping")
            except PyMongoError:
                continue
            return
    raise _failure(home)


def _failure(home: Path) -> ApiforgeError:
    lines = last_lines(home.parent / "mongodb.log")
    return ApiforgeError(
        f"MongoDB did not start:\n{lines}", hint="apiforge doctor shows what is here"
    )
