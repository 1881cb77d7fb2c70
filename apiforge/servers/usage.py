"""What a tree of processes takes of this machine: processor time, memory; and a folder, of disk."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psutil import Process

BLOCK = 512  # bytes; what st_blocks counts in, whatever the file system's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """At one moment. `cpu_seconds` since the processes began; what ended is counted by whoever
    waited for it. `memory_bytes` counts what several share once (proportional set size)."""

    cpu_seconds: float
    memory_bytes: int


def usage_of(pids: Iterable[int]) -> Usage | None:
    """Of these processes and all that descend from them; None if none of them is there."""
    trees = [process for pid in pids for process in _tree(pid)]
    if not trees:
        return None
    return Usage(
        cpu_seconds=sum(map(_cpu_seconds, trees)),
        memory_bytes=sum(map(_memory, trees)),
    )


def children() -> set[int]:
    """The processes that we started ourselves and that still run."""
    from psutil import Process

    return {child.pid for child in Process().children() if not _has_ended(child)}


def _has_ended(process: "Process") -> bool:
    from psutil import STATUS_ZOMBIE, NoSuchProcess

    try:
        return bool(process.status() == STATUS_ZOMBIE)
    except NoSuchProcess:
        return True


def bytes_in(folder: Path) -> int:
    """What the files of a folder take on disk: of a sparse file, only what was written."""
    return sum(_size(Path(parent) / name) for parent, _, names in os.walk(folder) for name in names)


def _size(file: Path) -> int:
    with suppress(FileNotFoundError):  # a server may remove what it no longer needs
        return file.lstat().st_blocks * BLOCK
    return 0


def _tree(pid: int) -> Iterator["Process"]:
    from psutil import NoSuchProcess, Process

    with suppress(NoSuchProcess):
        root = Process(pid)
        yield root
        yield from root.children(recursive=True)


def _cpu_seconds(process: "Process") -> float:
    from psutil import NoSuchProcess

    with suppress(NoSuchProcess):
        times = process.cpu_times()
        return times.user + times.system + times.children_user + times.children_system
    return 0.0


def _memory(process: "Process") -> int:
    from psutil import AccessDenied, NoSuchProcess

    with suppress(NoSuchProcess):
        try:
            full = process.memory_full_info()
            return int(getattr(full, "pss", 0) or full.uss)
        except AccessDenied:
            return int(process.memory_info().rss)
    return 0
