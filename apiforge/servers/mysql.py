"""A private MySQL: found, initialised, started on a free port, ended whatever happens."""

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from apiforge.errors import MissingServer
from apiforge.servers import mysqld
from apiforge.servers.server import Address, Program

VARIABLE = "APIFORGE_MYSQL"
HOW_TO_GET = (
    f"install MySQL 8.4 or newer, or set {VARIABLE} to its mysqld; "
    "on Debian, tools/mysql.py of apiforge's sources unpacks one beside the system"
)


def find() -> Program:
    """The MySQL that the environment names, else the one that was unpacked, else one on PATH."""
    for executable in places():
        told = mysqld.version_text(executable, HOW_TO_GET)
        if "MariaDB" not in told:
            return Program(
                name="MySQL",
                version=mysqld.version_number(told),
                origin=str(executable),
                programs=executable.parent,
            )
    raise MissingServer("no MySQL is installed here", hint=HOW_TO_GET)


def places() -> Iterator[Path]:
    """Where one may be; what MariaDB calls `mysqld` may be among them."""
    if stated := os.environ.get(VARIABLE):
        yield Path(stated)
    if (unpacked() / KIND.executable).is_file():
        yield unpacked() / KIND.executable
    yield from mysqld.on_path(KIND.executable)


def unpacked() -> Path:
    """Where tools/mysql.py puts a MySQL: every user can go there when root unpacks it."""
    if os.geteuid() == 0:
        return Path("/var/cache/apiforge/mysql")
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "apiforge" / "mysql"


def run_private(program: Program, directory: Path) -> AbstractContextManager[Address]:
    """A fresh instance under `directory` while the context lasts; it logs to mysql.log."""
    return mysqld.run_kind(KIND, program, directory)


def _initialisation(executable: Path) -> Sequence[str]:
    return [str(executable), "--no-defaults", "--initialize-insecure"]


KIND = mysqld.Kind(
    name="mysql",
    executable="mysqld",
    settings={"mysqlx": "OFF", "secure_file_priv": "NULL"},
    initialisation=_initialisation,
)
