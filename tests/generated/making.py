"""`make TARGET` in a project, as its owner does it."""

import os
import subprocess
import sys
from pathlib import Path

# Reading the libraries is what takes mypy long; two processes must not write to one cache.
MYPY_CACHE = Path(sys.prefix) / "projects" / f"mypy-{os.environ.get('PYTEST_XDIST_WORKER', '')}"


def make(project: Path, target: str, **environment: str) -> None:
    done = subprocess.run(
        ["make", "-s", target],
        cwd=project,
        env={**os.environ, "MYPY_CACHE_DIR": str(MYPY_CACHE), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"make {target}:\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
