"""A server that writes down what it did, and when."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVER = Path(__file__).parent / "servers" / "logged.py"

Log = list[tuple[float, float | None, int | None]]
"""Of each request: when it came, when its answer left if one did, its status if it was whole."""


class Logged:
    """The server, in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.url = f"http://127.0.0.1:{int(self._read())}/"

    def behave(self, mode: str, seed: int = 0) -> Log:
        """From the next request on it is in this mode; the log of how it behaved until now."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([mode, seed]) + "\n")
        self._process.stdin.flush()
        return [tuple(line) for line in json.loads(self._read())]

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def logged_server() -> Iterator[Logged]:
    with subprocess.Popen(
        [sys.executable, str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Logged(process)
        finally:
            process.kill()
