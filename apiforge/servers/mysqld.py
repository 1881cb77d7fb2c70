"""What a private MySQL and a private MariaDB share: settings, start, readiness, end."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from apiforge.errors import ApiforgeError, MissingServer
from apiforge.servers.directory import is_reachable, kept_password, server_user
from apiforge.servers.ports import LOOPBACK, free_port
from apiforge.servers.process import Command, Process, last_lines, run, start
from apiforge.servers.server import Address, Program

USER, DATABASE = "apiforge", "app"
READY_WITHIN = 90.0
ATTEMPTS = 3
# Stated rather than left to whoever built the server: a measurement is worth nothing without them.
SETTINGS = {
    "innodb_flush_log_at_trx_commit": "1",
    "innodb_doublewrite": "ON",
    "innodb_buffer_pool_size": "128M",
    "log_bin": "binlog",
    "sync_binlog": "1",
    "server_id": "1",
    "max_connections": "100",
    "bind_address": LOOPBACK,
    "skip_name_resolve": "ON",
    "socket": "server.sock",  # in the data directory: a socket's path may have 107 bytes only
    "default_time_zone": "'+00:00'",
    "character_set_server": "utf8mb4",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How one of the two differs from the other."""

    name: str
    """Also of its directory and its log."""
    executable: str
    settings: dict[str, str]
    initialisation: Callable[[Path], Sequence[str]]
    """The command that makes a data directory, given the executable; options are added to it."""


def version_text(executable: Path, hint: str) -> str:
    """What the server says of itself. MissingServer where it does not run."""
    try:
        told = subprocess.run(
            [str(executable), "--no-defaults", "--version"],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise MissingServer(f"{executable} does not run: {error.strerror}", hint=hint) from error
    if told.returncode != 0:
        reason = told.stderr.strip() or f"exit code {told.returncode}"
        raise MissingServer(f"{executable} does not run: {reason}", hint=hint)
    return told.stdout


def version_number(text: str) -> str:
    """`mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for …` → `10.11.19`."""
    words = text.split()
    return words[words.index("Ver") + 1].partition("-")[0]


def on_path(*names: str) -> Iterator[Path]:
    """Executables of these names, also where only root's PATH leads."""
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/libexec", "/sbin"))
    for name in names:
        if found := shutil.which(name, path=path):
            yield Path(found)


@contextmanager
def run_kind(kind: Kind, program: Program, directory: Path) -> Iterator[Address]:
    """An instance under `directory` while the context lasts; logs to NAME.log.

    Data that is there already is used again.
    """
    user = server_user()
    executable = program.programs / kind.executable
    if not is_reachable(executable.resolve(), user):
        raise ApiforgeError(
            f"{executable} cannot be run: root starts a server as another user, "
            "and that one may not go there",
            hint="move it below a directory that every user may enter",
        )
    home = directory / kind.name
    home.mkdir(mode=0o755, exist_ok=True)
    _own(home, user)
    password = kept_password(home / "password")
    _write(home / "users.sql", _users(password), user)
    initialised = home / "initialised"
    if not initialised.is_file():
        shutil.rmtree(home / "data", ignore_errors=True)
        _initialise(kind, executable, home)
        initialised.touch()
    process, port = _start(kind, executable, home)
    with process:
        yield Address(host=LOOPBACK, port=port, user=USER, password=password, database=DATABASE)


def _users(password: str) -> str:
    """Run by the server before it takes connections; one statement a line."""
    return (
        "DROP USER IF EXISTS 'root'@'127.0.0.1', 'root'@'::1';\n"
        f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{password}';\n"
        f"CREATE USER IF NOT EXISTS '{USER}'@'%' IDENTIFIED BY '{password}';\n"
        f"GRANT ALL PRIVILEGES ON *.* TO '{USER}'@'%' WITH GRANT OPTION;\n"
        f"CREATE DATABASE IF NOT EXISTS {DATABASE};\n"
    )


def _own(path: Path, user: int | None) -> None:
    if user is not None:
        os.chown(path, user, user)


def _write(file: Path, text: str, user: int | None) -> None:
    """For the server's user only: it holds the password."""
    file.touch(mode=0o600)
    file.write_text(text)
    _own(file, user)


def _command(kind: Kind, home: Path, arguments: Sequence[str]) -> Command:
    return Command(
        arguments=arguments,
        directory=home,
        environment={**os.environ, "LC_ALL": "C"},
        log=home.parent / f"{kind.name}.log",
        user=server_user(),
    )


def _initialise(kind: Kind, executable: Path, home: Path) -> None:
    command = _command(kind, home, [*kind.initialisation(executable), f"--datadir={home / 'data'}"])
    if run(command) != 0:
        raise _failure(f"{kind.name} could not be initialised", command.log)


def _start(kind: Kind, executable: Path, home: Path) -> tuple[Process, int]:
    """Start it, once more on another port where somebody else was faster."""
    for _ in range(ATTEMPTS):
        port = free_port()
        settings = {**SETTINGS, **kind.settings, "port": str(port), "datadir": str(home / "data")}
        settings |= {"init_file": str(home / "users.sql"), "tmpdir": str(home)}
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        _write(home / "server.cnf", f"[mysqld]\n{lines}", server_user())
        command = _command(kind, home, [str(executable), f"--defaults-file={home / 'server.cnf'}"])
        begun = command.log.stat().st_size if command.log.exists() else 0
        process = start(command)
        try:
            if _is_ready(process, command.log, begun):
                return process, port
        except BaseException:
            process.stop()
            raise
        process.stop()
        if "already in use" not in last_lines(command.log, 40, since=begun):
            break
    raise _failure(f"{kind.name} did not start", command.log)


def _is_ready(process: Process, log: Path, since: int) -> bool:
    """Wait until it takes connections; False once it has ended or takes too long."""
    deadline = time.monotonic() + READY_WITHIN
    while process.exit_code() is None and time.monotonic() < deadline:
        if "ready for connections" in last_lines(log, 40, since=since):
            return True
        time.sleep(0.02)
    return False


def _failure(what: str, log: Path) -> ApiforgeError:
    return ApiforgeError(f"{what}:\n{last_lines(log)}", hint="apiforge doctor shows what is here")
