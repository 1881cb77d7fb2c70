"""Throw-away directories: gone when we are, also after a SIGKILL."""

import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apiforge.errors import ApiforgeError
from apiforge.servers.process import remove_afterwards

NOBODY = 65534  # what root becomes for servers that refuse to run as root


def server_user() -> int | None:
    """The uid a server must run as: None where ours will do."""
    return NOBODY if os.geteuid() == 0 else None


def is_reachable(path: Path, user: int | None) -> bool:
    """Can that user come as far as `path`? Its own rights are not looked at."""
    if user is None:
        return True
    parents = {*path.absolute().parents, *path.resolve().parents}
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in parents)


def kept_password(file: Path) -> str:
    """The password in this file, which only we may read; a new one where there is none."""
    if not file.is_file():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(24) + "\n")
    return file.read_text().strip()


@contextmanager
def throw_away_directory() -> Iterator[Path]:
    """A new directory that servers run as another user can pass through, removed at the end."""
    places = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]
    for place in places:
        if not place.is_dir() or not os.access(place, os.W_OK):
            continue
        if is_reachable(place / "any", server_user()):
            break
    else:
        raise ApiforgeError(
            "no directory for temporary files that a database server can reach",
            hint="set TMPDIR to a directory that every user may enter",
        )
    directory = Path(tempfile.mkdtemp(prefix="apiforge-", dir=place))
    with remove_afterwards(directory):
        directory.chmod(0o711)
        yield directory
