"""A plan becomes a folder: its tree, its secrets, and what a later update needs to know."""

import base64
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from apiforge.project.disk import Entry, write_whole
from apiforge.project.plan import Plan
from apiforge.project.specification import FILE_NAME
from apiforge.project.tree import Tree
from apiforge.project.writers.environment import environment

SECRETS = ".env"
SECRET_BYTES = 32
ARCHIVE = ".apiforge/tree.tar.gz"
SPECIFICATION = ".apiforge/specification.toml"


def file_names(tree: Tree) -> list[str]:
    """Every path that `create` writes, sorted."""
    return sorted({*tree.paths, SECRETS, ARCHIVE, SPECIFICATION})


def new_secret() -> str:
    """32 random bytes, as URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def create(
    plan: Plan, tree: Tree, directory: Path, *, make_secret: Callable[[], str] = new_secret
) -> None:
    """Write the project, whole or not at all. Only `.env` holds what `make_secret` returns."""
    write_whole(directory, _entries(plan, tree, make_secret))


def _entries(plan: Plan, tree: Tree, make_secret: Callable[[], str]) -> Iterator[Entry]:
    for path, file in tree:
        mode = 0o755 if file.executable else 0o644
        yield Entry(path=path, content=file.content, mode=mode)
    yield Entry(path=SECRETS, content=environment(plan, make_secret).encode(), mode=0o600)
    yield Entry(path=ARCHIVE, content=tree.archive())
    yield Entry(path=SPECIFICATION, content=tree[FILE_NAME].content)
