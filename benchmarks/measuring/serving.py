"""Projects and rivals, made and served for a benchmark: one worker, a free port, ended with it."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from apiforge.servers.ports import free_port
from apiforge.servers.process import Command, start
from benchmarks.measuring.calling import measure

PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running service: the process that does the work, and where it answers."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def megabytes(self) -> float:
        """Memory that is the worker's alone, in MB."""
        return float(psutil.Process(self.pid).memory_full_info().uss) / 1e6

    def cost(self, make_request: Callable[[int], bytes], count: int) -> float:
        """CPU microseconds of one of `count` requests."""
        return measure(self.pid, self.port, make_request, count).cpu


def make_project(folder: Path, *flags: str) -> Path:
    """A project of ours, installed."""
    new = [str(PROGRAMS / "apiforge"), "new", "bench", "--yes", "--directory", str(folder), *flags]
    subprocess.run(new, check=True, capture_output=True)
    environment = {**os.environ, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(
        ["make", "-s", "install"], cwd=folder, env=environment, check=True, capture_output=True
    )
    return folder


def install(python: str, *packages: str) -> None:
    """Adds packages to a virtual environment."""
    command = [str(PROGRAMS / "uv"), "pip", "install", "-q", "--python", python, *packages]
    subprocess.run(command, check=True)


@contextmanager
def serve(
    folder: Path, *command: str, environment: Mapping[str, str], ready: str = "/readyz"
) -> Iterator[Served]:
    """The service while the context lasts; `{port}` stands for its port, its log is a file."""
    port = free_port()
    settings = {name: text.format(port=port) for name, text in environment.items()}
    started = Command(
        arguments=[word.format(port=port) for word in command],
        directory=folder,
        environment={**os.environ, **settings},
        log=folder.with_name(f"{folder.name}-{port}.log"),
    )
    with start(started) as guard:
        wait_until_it_answers(f"http://127.0.0.1:{port}{ready}")
        (worker,) = psutil.Process(guard.pid).children()
        yield Served(pid=worker.pid, port=port)


def wait_until_it_answers(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=5).read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} did not answer")
