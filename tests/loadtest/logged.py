"""Servers that write down what they did, and when."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

SERVER = Path(__file__).parent / "servers" / "logged.py"

Log = list[tuple[float, float | None, int | None]]
"""Of each request: when it came, when its answer left, with which status."""


class Logged:
    """A server in one mode, and what it logged since it was asked last."""

    def __init__(self, mode: str, file: Path) -> None:
        self._file = file
        self._read = 1  # the first request is not part of a test
        self.process = subprocess.Popen(
            [sys.executable, str(SERVER), mode, str(file)], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}/"

    def news(self) -> Log:
        lines = self._file.read_text().splitlines()[self._read :]
        self._read += len(lines)
        return [tuple(json.loads(line)) for line in lines]


Start = Callable[[str], Logged]
"""Starts one in a mode."""
