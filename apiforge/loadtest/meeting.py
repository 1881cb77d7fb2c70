"""Load generating processes of other machines, as workers of a test.

They join through Locust's own master, which runs in a child process (`loadtests/hub.py`). Locust's
protocol knows neither passwords nor encryption: whoever reaches the port can join, and learns what
the test sends.
"""

import contextlib
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from apiforge import paths
from apiforge.errors import ApiforgeError, TargetUnreachable
from apiforge.loadtest.child import Inbox
from apiforge.loadtest.luggage import make_luggage

PORT = 5557
_LOOK = 0.5  # seconds between two looks at the deadline
_BY_NETWORK = 1.0
"""Seconds from an order to its begin: it has to get there."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """Where generators are waited for, how many, and for how many seconds at most."""

    host: str = "127.0.0.1"
    port: int = PORT
    expected: int
    patience: float = 300.0


class RemoteWorker:
    """A generator that joined; see `apiforge.loadtest.child.Worker`."""

    lead = _BY_NETWORK

    def __init__(self, hub: "Hub", name: str) -> None:
        self._hub = hub
        self._name = name
        self.reason = "the load generator could not be heard any more"

    def tell(self, message: Mapping[str, Any]) -> None:
        """Sends a line to it, and the files that a subject names."""
        files = {}
        if "locustfile" in message:
            luggage = make_luggage(message)
            message, files = luggage.subject, luggage.packed()
        # As text: Locust's own encoding has no numbers of more than 64 bits.
        self._hub.say(self._name, {"line": json.dumps(message), "files": files})

    def interrupt(self) -> None:
        """Asks for an early end."""
        self._hub.say(self._name, {"interrupt": True})

    def end(self) -> None:
        """Sends it home."""
        self._hub.say(self._name, {"end": True})

    def reason_of_death(self) -> str:
        """Why it is gone, as far as can be known."""
        return f"the load generator on {self._name.rpartition('_')[0]} is gone: {self.reason}"


class Hub:
    """The child process in which they meet."""

    def __init__(self, meeting: Meeting) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(paths.loadtests() / "hub.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._inbox: Inbox | None = None
        self._early: list[tuple[RemoteWorker, bytes]] = []
        self._lock = threading.Lock()
        self.workers: dict[str, RemoteWorker] = {}
        self.joined: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._complaint = ""
        self._write({"bind": meeting.host, "port": meeting.port})
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def say(self, to: str, content: Any) -> None:
        """Sends something to one who joined."""
        self._write({"to": to, "content": content})

    def hire(self, inbox: Inbox, count: int) -> list[RemoteWorker]:
        """The workers who joined; what they say goes into this inbox from now on."""
        with self._lock:
            self._inbox = inbox
            for said in self._early:
                inbox.put(said)
        return list(self.workers.values())[:count]

    def close(self) -> None:
        """Ends the process; those who joined go home."""
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(timeout=5.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()

    def complaint(self) -> str:
        """The last words of the process, once it has ended."""
        return self._complaint

    def _write(self, message: Mapping[str, Any]) -> None:
        with contextlib.suppress(BrokenPipeError):  # it died: its end tells
            pipe = _opened(self._process.stdin)
            pipe.write(json.dumps(message).encode() + b"\n")
            pipe.flush()

    def _read(self) -> None:
        for line in _opened(self._process.stdout):
            self._hear(json.loads(line))
        self._complaint = _last_line(_opened(self._process.stderr).read())
        for name in list(self.workers):
            self._lose(name, f"the meeting ended: {self._complaint}")
        self.joined.put(None)

    def _hear(self, message: dict[str, Any]) -> None:
        if "joined" in message:
            self.workers[message["joined"]] = RemoteWorker(self, message["joined"])
            self.joined.put(message["joined"])
        elif "gone" in message:
            self._lose(message["gone"]["who"], message["gone"]["reason"])
        elif "said" in message:
            self._pass_on(message["said"]["by"], message["said"]["content"])

    def _pass_on(self, name: str, content: dict[str, Any]) -> None:
        if "dead" in content:
            self._lose(name, content["dead"])
        elif "line" in content:
            self._put(self.workers[name], content["line"].encode())

    def _lose(self, name: str, reason: str) -> None:
        self.workers[name].reason = reason
        self._put(self.workers[name], b"")

    def _put(self, worker: RemoteWorker, line: bytes) -> None:
        with self._lock:
            if self._inbox is None:
                self._early.append((worker, line))
            else:
                self._inbox.put((worker, line))


@contextmanager
def open_meeting(meeting: Meeting, tell: Tell) -> Iterator[Hub]:
    """A hub that as many have joined as are expected; TargetUnreachable if they do not come."""
    hub = Hub(meeting)
    try:
        _wait(hub, meeting, tell)
        yield hub
    finally:
        hub.close()


def _wait(hub: Hub, meeting: Meeting, tell: Tell) -> None:
    place = f"{meeting.host}:{meeting.port}"
    tell(f"waiting for {meeting.expected} load generators at {place}")
    deadline = time.monotonic() + meeting.patience
    count = 0
    while count < meeting.expected:
        try:
            name = hub.joined.get(timeout=_LOOK)
        except queue.Empty:
            if time.monotonic() > deadline:
                raise TargetUnreachable(
                    f"{count} of {meeting.expected} load generators joined at {place} within "
                    f"{meeting.patience:g} s",
                    hint=f"start the others: apiforge loadtest --join {place}",
                ) from None
            continue
        if name is None:
            hint = f"is {place} free, and an address of this machine?"
            raise ApiforgeError(f"cannot wait at {place}: {hub.complaint()}", hint=hint)
        count += 1
        tell(f"{count} of {meeting.expected} load generators joined at {place}")


def _last_line(complaints: bytes) -> str:
    lines = complaints.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no word"


def _opened(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise AssertionError("the process was started with pipes")
    return stream
