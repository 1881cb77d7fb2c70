"""Lines to the parent process: alone on a channel that nothing else can write to."""

import json
import os
import sys
from typing import Any, TextIO


class Channel:
    """Where the lines go: standard output, until it is reserved."""

    def __init__(self) -> None:
        self._out: TextIO = sys.stdout

    def reserve(self) -> None:
        """Whatever is printed from now on, by somebody's locustfile say, goes to standard error."""
        self._out = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)

    def emit(self, kind: str, content: Any) -> None:
        """Writes one line to the parent process."""
        print(json.dumps({kind: content}, separators=(",", ":")), file=self._out, flush=True)


CHANNEL = Channel()
