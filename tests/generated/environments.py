"""Virtual environments that projects with equal locks share: filling one is what takes long.

`make install` runs in every project none the less, and finds all that it asks for. That it makes
a whole environment by itself is for tests/generated/test_quality.py and test_loop.py to show.
"""

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = "requirements-dev.lock"
STORE = Path(sys.prefix) / "projects"
UV = Path(sys.executable).with_name("uv")


def share_environment(project: Path) -> None:
    """Make its `.venv` the one of all projects with its lock, unless it has one already."""
    own = project / ".venv"
    if own.exists():
        return
    lock = project / LOCK
    environment = STORE / hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    with _alone(environment):
        python = environment / "bin" / "python"
        if not python.exists():
            _uv("venv", "--python", sys.executable, str(environment))
        _uv("pip", "install", "--python", str(python), "--requirement", str(lock))
    own.symlink_to(environment)


@contextmanager
def _alone(environment: Path) -> Iterator[None]:
    """No other process fills this one meanwhile."""
    STORE.mkdir(exist_ok=True)
    with environment.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _uv(*arguments: str) -> None:
    subprocess.run([str(UV), "--quiet", *arguments], check=True)
