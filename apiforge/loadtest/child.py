"""One load generating process, and the lines it writes.

It is a process of its own because importing locust patches the process it happens in. It ends when
the pipe to its standard input closes, so it cannot outlive this process, however that ends. It is
in a session of its own: Ctrl-C reaches us alone, and we ask it for what it has.
"""

import contextlib
import json
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any, Protocol

from apiforge import paths

_LAST_WORDS = 1000  # lines; whatever a locustfile prints is among them


class Worker(Protocol):
    """A load generating process, wherever it runs.

    What it writes goes into an inbox line by line, and b"" when it has ended.
    """

    @property
    def lead(self) -> float:
        """Seconds that an order takes to get there, with some to spare."""

    def tell(self, message: Mapping[str, Any]) -> None:
        """Writes a line to it."""

    def interrupt(self) -> None:
        """Asks for an early end."""

    def end(self) -> None:
        """Makes sure that it is gone."""

    def reason_of_death(self) -> str:
        """Why it ended, as far as can be known."""


Inbox = queue.SimpleQueue[tuple[Worker, bytes]]
Hire = Callable[[Inbox, int], Sequence[Worker]]
"""So many workers, who write into this inbox."""


def hire_here(inbox: Inbox, count: int) -> list[Worker]:
    """Workers on this machine."""
    return [Child(inbox) for _ in range(count)]


class Child:
    """A worker that is a process of this one."""

    lead = 0.1

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._process = subprocess.Popen(
            [sys.executable, str(paths.loadtests() / "engine.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._complaints: deque[bytes] = deque(maxlen=_LAST_WORDS)
        self._readers = [
            threading.Thread(target=self._read_lines, daemon=True),
            threading.Thread(target=self._read_complaints, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def tell(self, message: Mapping[str, Any]) -> None:
        """Writes a line to it: a password in it is on no disk and no command line."""
        pipe = self._process.stdin
        if pipe is None:
            raise AssertionError("the child was started with pipes")
        with contextlib.suppress(BrokenPipeError):  # it died at once: its end tells why
            pipe.write(json.dumps(message).encode() + b"\n")
            pipe.flush()

    def interrupt(self) -> None:
        """Asks for an early end."""
        self._process.send_signal(signal.SIGINT)

    def end(self) -> None:
        """Makes sure that it is gone."""
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.kill()
        self._process.wait()
        for reader in self._readers:
            reader.join()

    def reason_of_death(self) -> str:
        """Why it ended, as far as can be known."""
        code = self._process.wait()
        self._readers[1].join()
        if code < 0:
            return f"the load generator was killed by {signal.Signals(-code).name}"
        complaint = b"".join(self._complaints).decode(errors="replace").strip().splitlines()
        return f"the load generator ended with {code}: {complaint[-1] if complaint else 'no word'}"

    def _read_lines(self) -> None:
        for line in self._opened(self._process.stdout):
            self._inbox.put((self, line))
        self._inbox.put((self, b""))

    def _read_complaints(self) -> None:
        self._complaints.extend(self._opened(self._process.stderr))

    @staticmethod
    def _opened(stream: IO[bytes] | None) -> IO[bytes]:
        if stream is None:
            raise AssertionError("the child was started with pipes")
        return stream
