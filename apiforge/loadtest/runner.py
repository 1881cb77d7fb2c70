"""Runs one load test in a child process, watches over it, and brings the recording home.

The child is a process of its own because importing locust patches the process it happens in. It
ends when the pipe to its standard input closes, so it cannot outlive this process, however that
ends. It is in a session of its own: Ctrl-C reaches us alone, and we ask it for what it has.
"""

import contextlib
import json
import queue
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import IO, Any

from apiforge import paths
from apiforge.errors import ApiforgeError, TargetUnreachable, UsageError
from apiforge.loadtest import machine
from apiforge.loadtest.progress import Progress
from apiforge.loadtest.recording import Recording
from apiforge.loadtest.workload import Workload

OnProgress = Callable[[Progress], None]
_SILENCE = 60.0
_FAREWELL = 15.0


def ignore_progress(_progress: Progress) -> None:
    """For those who only want the result."""


def run(workload: Workload, *, on_progress: OnProgress = ignore_progress) -> Recording:
    """Runs a load test to its end and returns what was measured.

    On KeyboardInterrupt (in the calling thread) it ends early with what there is, `interrupted`;
    on a second one it is raised. A child that dies leaves a recording with `lost_workers`.
    Raises TargetUnreachable if the target does not answer or let us log in, UsageError if the
    scenario is wrong.
    """
    if workload.seed is None:
        workload = replace(workload, seed=secrets.randbelow(2**31))
    child = Child(workload)
    try:
        return _Supervision(child, workload, on_progress).follow()
    finally:
        child.end()


class Child:
    """The load generating process and the lines it writes."""

    def __init__(self, workload: Workload) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(paths.loadtests() / "engine.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._complaints: list[bytes] = []
        self._readers = [
            threading.Thread(target=self._read_lines, daemon=True),
            threading.Thread(target=self._read_complaints, daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        self._hand_over(workload)

    def _hand_over(self, workload: Workload) -> None:
        """The first line it reads: a password in it is on no disk and no command line."""
        pipe = self._process.stdin
        if pipe is None:
            raise AssertionError("the child was started with pipes")
        with contextlib.suppress(BrokenPipeError):  # it died at once: its end tells why
            pipe.write(workload.to_json().encode() + b"\n")
            pipe.flush()

    @property
    def pid(self) -> int:
        return self._process.pid

    def line(self, seconds: float) -> bytes:
        """The next line; b"" at the end. Raises queue.Empty if none comes in time."""
        return self._lines.get(timeout=seconds)

    def interrupt(self) -> None:
        """Asks for an early end."""
        self._process.send_signal(signal.SIGINT)

    def end(self) -> None:
        """Makes sure that it is gone."""
        if self._process.stdin:
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
        stream = self._opened(self._process.stdout)
        for line in stream:
            self._lines.put(line)
        self._lines.put(b"")

    def _read_complaints(self) -> None:
        self._complaints.extend(self._opened(self._process.stderr))

    @staticmethod
    def _opened(stream: IO[bytes] | None) -> IO[bytes]:
        if stream is None:
            raise AssertionError("the child was started with pipes")
        return stream


class _Supervision:
    """Follows the child's lines to the recording."""

    def __init__(self, child: Child, workload: Workload, on_progress: OnProgress) -> None:
        self._child = child
        self._workload = workload
        self._on_progress = on_progress
        self._interrupted = False
        self._started = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._last: Progress | None = None

    def follow(self) -> Recording:
        while True:
            try:
                message = self._next()
                if "progress" in message:
                    self._report(message["progress"])
                    continue
            except KeyboardInterrupt:
                if self._interrupted:
                    raise
                self._interrupted = True
                self._child.interrupt()
                continue
            return self._conclude(message)

    def _next(self) -> dict[str, Any]:
        """The next message; {"lost": reason} if the child is gone or no longer says anything."""
        patience = _FAREWELL if self._interrupted else _SILENCE + self._workload.timeout
        try:
            line = self._child.line(patience)
        except queue.Empty:
            return {"lost": f"the load generator said nothing for {patience:.0f} s"}
        if not line.endswith(b"\n"):
            return {"lost": self._child.reason_of_death()}
        message: dict[str, Any] = json.loads(line)
        return message

    def _report(self, data: dict[str, Any]) -> None:
        self._last = Progress.from_json(data, rate=self._workload.rate)
        self._on_progress(self._last)

    def _conclude(self, message: dict[str, Any]) -> Recording:
        if "recording" in message:
            return Recording.from_json(self._workload, machine.describe(), message["recording"])
        if "error" in message:
            return self._cannot_start(**message["error"])
        recording = self._nothing(interrupted=self._interrupted)
        if self._interrupted and self._last is None:
            return recording
        when = f" in second {self._last.second} of {self._last.phase}" if self._last else ""
        return replace(recording, lost_workers=[f"{message['lost']}{when}"])

    def _nothing(self, *, interrupted: bool) -> Recording:
        return Recording(
            workload=self._workload,
            started=self._started,
            machine=machine.describe(),
            interrupted=interrupted,
        )

    def _cannot_start(self, kind: str, message: str) -> Recording:
        target = self._workload.target
        if kind == "interrupted":
            return self._nothing(interrupted=True)
        if kind == "scenario":
            raise UsageError(message, hint="mend the scenario and run the test again")
        if kind == "unready":
            raise TargetUnreachable(
                f"{target} is not ready: {message}",
                hint="check its log, its seed data and the user of the load test",
            )
        if kind == "unreachable":
            raise TargetUnreachable(
                f"{target} was never reachable: {message}",
                hint="check that it is running, and its address",
            )
        raise ApiforgeError(f"the load generator failed: {message}")
