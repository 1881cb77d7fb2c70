"""Numbers of several workers in one answer: prometheus_client's files, one set a process.

The client decides while it is imported whether it writes files, by PROMETHEUS_MULTIPROC_DIR. So
that is set before the workers start.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def shared_directory() -> Iterator[None]:
    """A place for the files of the workers that are started meanwhile."""
    if DIRECTORY in os.environ:
        yield
        return
    with TemporaryDirectory(prefix="metrics-", ignore_cleanup_errors=True) as directory:
        os.environ[DIRECTORY] = directory
        try:
            yield
        finally:
            del os.environ[DIRECTORY]


def shared_registry() -> CollectorRegistry | None:
    """The numbers of all workers; None where there is one only."""
    directory = os.environ.get(DIRECTORY)
    if directory is None:
        return None
    _forget_the_dead(Path(directory))
    registry = CollectorRegistry()
    MultiProcessCollector(registry, directory)
    return registry


def _forget_the_dead(directory: Path) -> None:
    """A worker that is gone uses no memory; what it has counted remains."""
    for file in directory.glob("gauge_live*_*.db"):
        process = int(file.stem.rpartition("_")[2])
        if not _lives(process):
            with suppress(FileNotFoundError):  # another worker was asked at the same time
                mark_process_dead(process, str(directory))


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
