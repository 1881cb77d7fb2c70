"""The load generating process.

Started by `apiforge.loadtest.runner`, which writes the workload as one line of JSON to standard
input: it may hold a password, which belongs neither on a command line nor on a disk. Writes one
JSON object a line on standard output: {"progress": …} every second, then {"recording": …}, or
{"error": …} when the test cannot begin.
Stops early, with what it has, on SIGINT, SIGTERM and when standard input ends: the parent died.

Importing locust patches sockets and TLS, so it comes before the modules of this folder that use
them; `session` and `users` are the only ones imported here.
"""

import json
import logging
import os
import resource
import signal
import sys
from typing import Any

import gevent
import gevent.event
from locust.env import Environment
from prepare import CannotStart, prepare
from session import Session, emit
from users import OpenModelUser

_READ = 1
_DESCRIPTORS = 10_000


class Engine:
    """Runs one workload and can be stopped at any time."""

    def __init__(self, workload: dict[str, Any]) -> None:
        self._workload = workload
        self._session: Session | None = None
        self._stopped = gevent.event.Event()
        self._finished = gevent.event.Event()

    def run(self) -> int:
        """Prepares, runs, reports; the exit code of this process."""
        work = gevent.spawn(prepare, self._workload)
        either: list[Any] = [work, self._stopped]
        gevent.wait(either, count=1)
        if not work.ready():
            emit("error", {"kind": "interrupted", "message": "stopped before the test began"})
            return 1
        try:
            self._session = Session(self._workload, work.get())
        except CannotStart as error:
            emit("error", {"kind": error.kind, "message": str(error)})
            return 1
        if self._stopped.is_set():
            self._session.stop()
        return self._generate(self._session)

    def stop(self) -> None:
        self._stopped.set()
        if self._session is not None:
            self._session.stop()

    def _generate(self, session: Session) -> int:
        OpenModelUser.session, OpenModelUser.finished = session, self._finished
        environment = Environment(user_classes=[OpenModelUser], catch_exceptions=False)
        runner = environment.create_local_runner()
        runner.start(user_count=1, spawn_rate=1)
        self._finished.wait()
        runner.quit()
        if session.recording is None:
            return 1
        emit("recording", session.recording)
        return 0


def allow_many_connections() -> None:
    """Every request in flight needs a descriptor; the usual limit of 1,024 is soon reached."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY:
        wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _DESCRIPTORS)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def main() -> int:
    allow_many_connections()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    engine = Engine(json.loads(sys.stdin.buffer.readline()))
    handlers = [
        gevent.signal_handler(number, engine.stop) for number in (signal.SIGINT, signal.SIGTERM)
    ]
    watcher = gevent.get_hub().loop.io(sys.stdin.fileno(), _READ)

    def stop_at_the_end_of_input() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            watcher.stop()
            engine.stop()

    watcher.start(stop_at_the_end_of_input)
    try:
        return engine.run()
    finally:
        for handler in handlers:
            handler.cancel()
        watcher.close()


if __name__ == "__main__":
    sys.exit(main())
