"""A commit of a project's own repository, checked out beside it for a while."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apiforge.errors import UsageError


@contextmanager
def checked_out(project: Path, commit: str) -> Iterator[tuple[Path, str]]:
    """The project's folder as it was then, and the commit's short name. It is gone afterwards.

    UsageError where the project is in no git repository, or this is no commit of it.
    """
    top = _repository(project)
    known = _git(project, "rev-parse", "--short", "--verify", "--quiet", f"{commit}^{{commit}}")
    if known is None:
        raise UsageError(
            f"--against {commit}: neither a project's folder nor a commit of {top}",
            hint="name a folder with an apiforge.toml, or what `git rev-parse` knows: main, HEAD~1",
        )
    with tempfile.TemporaryDirectory(prefix="apiforge-") as directory:
        tree = Path(directory).resolve() / "tree"
        if _git(project, "worktree", "add", "--quiet", "--detach", str(tree), known) is None:
            raise UsageError(f"--against {commit}: git cannot check {known} out", hint=None)
        try:
            yield tree / project.resolve().relative_to(top), known
        finally:
            _git(project, "worktree", "remove", "--force", str(tree))


def _repository(project: Path) -> Path:
    top = _git(project, "rev-parse", "--show-toplevel")
    if top is None:
        raise UsageError(
            f"--against: {project} is in no git repository, so it has no commits",
            hint="name another project's folder, or commit this one",
        )
    return Path(top).resolve()


def _git(project: Path, *arguments: str) -> str | None:
    """What git says; None where it fails or is not here."""
    # Set by a hook that may run us, these would point git elsewhere.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", "-C", str(project), *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
