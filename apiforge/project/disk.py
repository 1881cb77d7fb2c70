"""Writes a project's folder whole or not at all: a hidden sibling first, then one rename."""

import contextlib
import errno
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from apiforge.errors import ApiforgeError, UsageError

_IN_THE_WAY = {errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file to write: its path in the project, its bytes and its permissions."""

    path: str
    content: bytes
    mode: int = 0o644


def check_target(directory: Path) -> None:
    """Refuse a place where something is already, or where no folder can be."""
    try:
        if not directory.exists():
            existing = _topmost_missing(directory.resolve()).parent
            is_free = existing.is_dir()
        else:
            existing = directory
            is_free = directory.is_dir() and not any(directory.iterdir())
    except OSError as error:
        raise _explained(directory, error) from error
    if not is_free:
        what = "already exists and is not empty" if existing.is_dir() else "is not a directory"
        hint = "choose another place with --directory, or remove what is there"
        raise UsageError(f"{existing} {what}", hint=hint)


def write_whole(directory: Path, entries: Iterable[Entry]) -> None:
    """Make `directory` with these files. After any failure nothing of it is there.

    A process killed half-way leaves a hidden folder beside it, which the next call removes.
    """
    directory = directory.resolve()
    check_target(directory)
    appears = _topmost_missing(directory)
    staging = appears.with_name(f"{_prefix(appears)}{os.getpid()}")
    try:
        _remove_leftovers(appears)
        staging.mkdir()
        _write_files(staging / directory.relative_to(appears), entries)
        os.rename(staging, appears)
    except OSError as error:
        raise _explained(directory, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _write_files(folder: Path, entries: Iterable[Entry]) -> None:
    made: set[Path] = set()
    for entry in entries:
        path = folder / entry.path
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        # The mode is set on opening: a file of secrets must at no time be readable by others.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, entry.mode)
        with open(descriptor, "wb") as file:
            file.write(entry.content)


def _topmost_missing(directory: Path) -> Path:
    """What has to appear for `directory` to exist: itself, or a parent that is missing too."""
    missing = directory
    while not missing.parent.exists():
        missing = missing.parent
    return missing


def _prefix(folder: Path) -> str:
    # A name may take the 255 bytes that a file system allows, and the staging folder's is longer.
    short = folder.name.encode()[:200].decode(errors="ignore")
    return f".{short}.apiforge-"


def _remove_leftovers(folder: Path) -> None:
    pattern = re.compile(re.escape(_prefix(folder)) + r"(\d+)")
    for path in folder.parent.iterdir():
        match = pattern.fullmatch(path.name)
        if match and not _is_alive(int(match[1])):
            shutil.rmtree(path, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    with contextlib.suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):
            return False
    return pid != os.getpid()


def _explained(directory: Path, error: OSError) -> ApiforgeError:
    if error.errno in _IN_THE_WAY:
        message = f"{directory} appeared while the project was being made"
        return UsageError(message, hint="nothing was touched; choose another place")
    reason = error.strerror or str(error)
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        hint = "nothing was written; make room and try again"
    else:
        hint = "nothing was written; choose another place with --directory"
    return ApiforgeError(f"cannot write {directory}: {reason}", hint=hint)
