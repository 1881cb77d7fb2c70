"""Where the private servers of a project keep their data from one run to the next."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apiforge.errors import ApiforgeError
from apiforge.servers.directory import is_reachable, server_user
from apiforge.servers.subject import Subject

FOLDER = Path(".apiforge") / "servers"
ELSEWHERE = Path("/var/tmp")
LOCK = "lock"


@contextmanager
def keep_data(subject: Subject, *, fresh: bool, has_servers: bool) -> Iterator[Path]:
    """The folder, ours alone while the context lasts; emptied first where it is to be `fresh`."""
    directory = place_of(subject, has_servers=has_servers)
    directory.mkdir(mode=0o711, parents=True, exist_ok=True)
    if directory.stat().st_uid != os.geteuid():
        raise ApiforgeError(f"{directory} belongs to somebody else", hint="move or remove it")
    directory.chmod(0o711)
    with (directory / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ApiforgeError(
                f"{subject.name} is up already", hint="stop the other one with Ctrl-C first"
            ) from error
        for entry in directory.iterdir():
            if entry.name != LOCK and (fresh or entry.suffix == ".log"):
                _remove(entry)
        (directory / ".gitignore").write_text("*\n")
        yield directory


def place_of(subject: Subject, *, has_servers: bool) -> Path:
    """In the project; elsewhere where root starts servers and their own user cannot go there."""
    if not has_servers or is_reachable(subject.folder / "any", server_user()):
        return subject.folder / FOLDER
    path = hashlib.blake2b(str(subject.folder).encode(), digest_size=6).hexdigest()
    return ELSEWHERE / f"apiforge-{subject.name}-{path}"


def _remove(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink()
