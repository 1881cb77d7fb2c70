"""A private MariaDB: found, initialised, started on a free port, ended whatever happens."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from apiforge.errors import MissingServer
from apiforge.servers import mysqld
from apiforge.servers.server import Address, Program

HOW_TO_GET = "Debian: apt-get install mariadb-server-core"
INITIALISERS = ("mariadb-install-db", "mysql_install_db")


def find() -> Program:
    """The MariaDB on PATH, or where only root's PATH leads."""
    for executable in places():
        told = mysqld.version_text(executable, HOW_TO_GET)
        if "MariaDB" in told:
            version = mysqld.version_number(told)
            return Program(
                name="MariaDB", version=version, origin=str(executable), programs=executable.parent
            )
    raise MissingServer("no MariaDB is installed here", hint=HOW_TO_GET)


def places() -> Iterator[Path]:
    """Where one may be."""
    return mysqld.on_path("mariadbd")


def run_private(program: Program, directory: Path) -> AbstractContextManager[Address]:
    """A fresh instance under `directory` while the context lasts; it logs to mariadb.log."""
    return mysqld.run_kind(KIND, program, directory)


def _initialisation(executable: Path) -> Sequence[str]:
    """Its own script, which stands beside the server or on PATH."""
    folders = (executable.parent, executable.parent.parent / "bin")
    beside = [folder / name for folder in folders for name in INITIALISERS]
    for script in (*beside, *mysqld.on_path(*INITIALISERS)):
        if script.is_file():
            options = ["--no-defaults", "--auth-root-authentication-method=normal"]
            options += ["--skip-test-db", "--skip-name-resolve"]
            return [str(script), *options, f"--basedir={executable.resolve().parent.parent}"]
    raise MissingServer(f"no {INITIALISERS[0]} beside {executable}", hint=HOW_TO_GET)


KIND = mysqld.Kind(
    name="mariadb",
    executable="mariadbd",
    settings={"binlog_format": "ROW"},
    initialisation=_initialisation,
)
